"""What must hold before anything is started: a usable folder, room on the disk, a free port, a secret key."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import socket
from pathlib import Path

from config.processes import NotPossible

ROOM_TO_START = 500 * 1024**2  # a new cluster takes 40 MB, its log and the demo's video some more


def make_data_folder(data: Path, *parts: Path) -> None:
    """Make the data folder and those in it, readable by its owner only. Raises NotPossible when it cannot be used."""
    try:
        for folder in (data, *parts):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = data / f".probe-{os.getpid()}"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as failed:
        raise NotPossible(folder_sentence(data, failed)) from failed
    free = shutil.disk_usage(data).free
    if free < ROOM_TO_START:
        raise NotPossible(
            f"The disk of {data} has only {free // 1024**2} MB left and Matinee needs {ROOM_TO_START // 1024**2}: "
            "free some space, or set MATINEE_DATA to a folder on another disk."
        )


def folder_sentence(data: Path, failed: OSError) -> str:
    """One sentence for a data folder that cannot be written to."""
    if failed.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk of {data} is full: free some space, or set MATINEE_DATA to a folder on another disk."
        )
    return (
        f"Matinee cannot write to its data folder {data} ({failed.strerror}): "
        "give it write permission, or set MATINEE_DATA to another folder."
    )


def check_port(host: str, port: int) -> None:
    """Raise NotPossible when the web server could not listen on `port`."""
    if not 1 <= port <= 65535:
        raise NotPossible(f"PORT is {port}, which is no port: set PORT to a number from 1024 to 65535.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as refused:
            raise NotPossible(
                f"Port {port} is only for root: choose another one with PORT=8080 make run."
            ) from refused
        except OSError as taken:
            raise NotPossible(
                f"Port {port} of {host} cannot be used ({taken.strerror}): end the program that has it, "
                f"or choose another one with PORT={port + 1 if port < 65535 else 8001} make run."
            ) from taken


def make_secret_key(file: Path) -> None:
    """Write a random secret key that only its owner can read, unless there is one."""
    if file.exists() and file.stat().st_size:
        return
    half = file.with_name(f"{file.name}.new")
    half.unlink(missing_ok=True)
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(secrets.token_urlsafe(64) + "\n")
    half.rename(file)
