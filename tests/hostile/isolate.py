"""Run a program where there is no network, and note whatever it would have asked for.

Three measures, from the strongest: a network namespace that holds nothing but loopback; a small
library put before the system's own that notes and refuses connections (where a C compiler is
there); an audit hook in every Python process that notes them, too.
"""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).resolve().parents[2]
_SHIM = r"""
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void note(const char *what) {
    const char *place = getenv("PINGAN_ASKED");
    int file = place ? open(place, O_WRONLY | O_APPEND | O_CREAT, 0600) : -1;
    if (file < 0) return;
    dprintf(file, "%s\n", what);
    close(file);
}

static int leads_out(const struct sockaddr *to, char *text) {
    if (!to) return 0;
    if (to->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)to;
        inet_ntop(AF_INET, &in->sin_addr, text, 64);
        return (ntohl(in->sin_addr.s_addr) >> 24) != 127 && in->sin_addr.s_addr != 0;
    }
    if (to->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)to;
        inet_ntop(AF_INET6, &in->sin6_addr, text, 64);
        return strcmp(text, "::1") && strcmp(text, "::") && strncmp(text, "::ffff:127.", 11);
    }
    return 0;
}

int connect(int fd, const struct sockaddr *to, socklen_t size) {
    static int (*real)(int, const struct sockaddr *, socklen_t);
    char text[64], line[96];
    if (!real) real = dlsym(RTLD_NEXT, "connect");
    if (leads_out(to, text)) {
        snprintf(line, sizeof line, "connect %s", text);
        note(line);
        errno = ENETUNREACH;
        return -1;
    }
    return real(fd, to, size);
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **found) {
    static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    unsigned char numeric[16];
    char line[320];
    if (!real) real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (node && *node && strcmp(node, "localhost") && inet_pton(AF_INET, node, numeric) != 1 &&
        inet_pton(AF_INET6, node, numeric) != 1) {
        snprintf(line, sizeof line, "look-up %.200s", node);
        note(line);
        return EAI_AGAIN;
    }
    return real(node, service, hints, found);
}
"""
_HOOK = """
import ipaddress, os, sys

def _note(event, args):
    host = None
    if event == "socket.connect" and isinstance(args[1], tuple):
        host = args[1][0]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not host or host == "localhost" or not isinstance(host, str):
        return
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
        if address.is_loopback or address.is_unspecified:
            return
    except ValueError:
        pass
    handle = os.open(os.environ["PINGAN_ASKED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(handle, f"{event} {host}\\n".encode())
    os.close(handle)

if "PINGAN_ASKED" in os.environ:
    sys.addaudithook(_note)
"""


@cache
def has_namespaces() -> bool:
    """True where this user may make a network namespace."""
    if shutil.which("unshare") is None:
        return False
    done = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False, timeout=20)
    return done.returncode == 0


@dataclass(frozen=True, slots=True)
class Isolation:
    """Where nothing leads out. ``folder`` holds the measures and the note of what was asked."""

    folder: Path
    measures: tuple[str, ...]

    @classmethod
    def prepare(cls, folder: Path) -> "Isolation":
        """Set up what this machine allows."""
        measures = ["namespace"] if has_namespaces() else []
        (folder / "sitecustomize.py").write_text(_HOOK, encoding="utf-8")
        compiler = shutil.which("gcc") or shutil.which("cc")
        if compiler is not None:
            (folder / "shim.c").write_text(_SHIM, encoding="utf-8")
            command = [compiler, "-shared", "-fPIC", "-o", "shim.so", "shim.c", "-ldl"]
            done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
            if done.returncode == 0:
                measures.append("library")
        return cls(folder, (*measures, "audit hook"))

    @property
    def asked(self) -> list[str]:
        """What was asked of the world outside so far."""
        note = self.folder / "asked.txt"
        return sorted(set(note.read_text(encoding="utf-8").splitlines())) if note.exists() else []

    def run(
        self,
        *command: str,
        cwd: Path = ROOT,
        timeout_s: float = 300.0,
        extra: Mapping[str, str] = MappingProxyType({}),
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program there; it and all it starts see no network."""
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "PINGAN_"))}
        environment = {
            **{k: v for k, v in keep.items() if not k.lower().endswith("_proxy")},
            "PYTHONPATH": f"{self.folder}{os.pathsep}{ROOT}",
            "PINGAN_ASKED": str(self.folder / "asked.txt"),
            **extra,
        }
        if "library" in self.measures:
            environment["LD_PRELOAD"] = str(self.folder / "shim.so")
        whole = list(command)
        if "namespace" in self.measures:
            start = [sys.executable, "-m", "tests.hostile.isolate"]
            whole = ["unshare", "-rn", "env", f"--chdir={ROOT}", *start, str(cwd), *command]
        return subprocess.run(
            whole, cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8",
            timeout=timeout_s, check=False,
        )  # fmt: skip


def raise_loopback() -> None:
    """Bring up the loopback interface of a new namespace (what ``ip link set lo up`` does)."""
    get_flags, set_flags, is_up = 0x8913, 0x8914, 0x1
    with socket.socket() as probe:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(probe, get_flags, request))[1]
        fcntl.ioctl(probe, set_flags, struct.pack("16sh14x", b"lo", flags | is_up))


if __name__ == "__main__":
    raise_loopback()
    os.chdir(sys.argv[1])
    os.execvp(sys.argv[2], sys.argv[2:])
