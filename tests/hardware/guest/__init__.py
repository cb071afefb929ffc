"""What runs inside the guest: each check is a module here, with one function `check(count) -> figures`."""
