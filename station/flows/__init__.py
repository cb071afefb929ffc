"""What the station does with a scan: one flow a file, pure. A flow returns a Decision and never acts."""
