"""An image with the two partitions of Raspberry Pi OS, and what of its content build-image looks at."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

MIB = 1024 * 1024
BOOT_START, BOOT_SIZE, ROOT_SIZE = 4 * MIB, 36 * MIB, 24 * MIB
DISK_ID = "5a2b3c4d"
ENVIRONMENT = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", "MTOOLS_SKIP_CHECK": "1"}

BOOT = {
    "cmdline.txt": "console=serial0,115200 console=tty1 root=PARTUUID=5a2b3c4d-02 rootfstype=ext4"
    " fsck.repair=yes rootwait resize\n",
    "config.txt": "# Comments of the stock file.\ncamera_auto_detect=1\n\n[cm4]\notg_mode=1\n\n[all]\n",
    "user-data": "#cloud-config\n# Nothing is set.\n",
    "network-config": "# Nothing is set.\n",
    "meta-data": "dsmode: local\ninstance_id: rpios-image\n",
}
ROOT = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\n",
    "etc/fstab": "proc /proc proc defaults 0 0\nPARTUUID=5a2b3c4d-01 /boot/firmware vfat defaults 0 2\n"
    "PARTUUID=5a2b3c4d-02 / ext4 defaults,noatime 0 1\n",
    "etc/cloud/cloud.cfg": "users: [default]\n",
    "usr/lib/os-release": 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_CODENAME=trixie\n',
    "usr/lib/python3.13/os.py": "",
    "usr/lib/aarch64-linux-gnu/libc.so.6": "",
    "var/lib/systemd/rfkill/platform-3f300000.mmcnr:wlan": "1\n",
    "var/lib/NetworkManager/NetworkManager.state": "[main]\nWirelessEnabled=false\n",
}


def run(*words: str | Path, stdin: bytes = b"") -> str:
    done = subprocess.run(words, input=stdin, capture_output=True, check=False, env=ENVIRONMENT)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout.decode()


def make(folder: Path, root: dict[str, str] | None = None) -> Path:
    """An image in `folder`, of 64 MiB, most of it holes."""
    image, tree = folder / "stock.img", folder / "tree"
    for name, text in (ROOT if root is None else root).items():
        file = tree / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (tree / "etc/os-release").symlink_to("../usr/lib/os-release")
    image.touch()
    os.truncate(image, BOOT_START + BOOT_SIZE + ROOT_SIZE)
    head, second = f"label: dos\nlabel-id: 0x{DISK_ID}\n", (BOOT_START + BOOT_SIZE) // 512
    rows = f"{head}start=8192, size={BOOT_SIZE // 512}, type=c\nstart={second}, type=83\n"
    run("sfdisk", "-q", image, stdin=rows.encode())
    sectors = str(BOOT_SIZE // 1024)
    run("mkfs.vfat", "-F", "32", "-s", "1", "-n", "bootfs", "--offset", "8192", image, sectors)
    for name, text in BOOT.items():
        run("mcopy", "-i", f"{image}@@{BOOT_START}", "-", f"::{name}", stdin=text.encode())
    place = f"offset={BOOT_START + BOOT_SIZE},root_owner=0:0"
    size = f"{ROOT_SIZE // 1024}k"
    run("mkfs.ext4", "-q", "-F", "-L", "rootfs", "-d", tree, "-E", place, image, size)
    return image
