"""What firmware/build-image does, piece by piece: the disk, its two file systems, and what goes onto them."""
