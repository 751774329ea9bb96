# SPDX-License-Identifier: BSD-2-Clause
"""Carries out a Containerfile in chroots, where no program that builds images can run: the words that ours has, and no others."""

import json
import pathlib
import re
import shlex
import shutil
import subprocess

# The first process of the namespaces: what it mounts goes with it.
INSIDE = """
set -eu
root=$1 folder=$2
shift 2
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
exec chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
    sh -c 'cd "$0" && exec "$@"' "$folder" "$@"
"""


class Stage:
    """A root folder that steps are carried out in."""

    def __init__(self, root):
        self.root = root
        self.folder = "/"
        self.entrypoint = []

    def run(self, *argv):
        subprocess.run(["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private",
                        "sh", "-c", INSIDE, "sh", self.root, self.folder, *argv], check=True, stdin=subprocess.DEVNULL)

    def path(self, name):
        return self.root / name.lstrip("/")


def lines(text):
    """The words of each line, and the rest behind the first one; comments are none."""
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.M).replace("\\\n", "")
    return [line.split(None, 1) for line in text.splitlines() if line.strip()]


def copy(sources, target):
    for source in sources:
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def build(containerfile, context, base, work):
    """All its stages by their names, as folders below work that begin as copies of base."""
    stages, stage = {}, None
    for word, rest in lines(pathlib.Path(containerfile).read_text()):
        print(f"  {word} {rest}", flush=True)
        if word == "ARG":
            continue  # BASE, which is given
        if word == "FROM":
            name = re.fullmatch(r"\$BASE AS (\w+)", rest)[1]
            root = pathlib.Path(work) / name
            subprocess.run(["cp", "-a", base, root], check=True)
            stage = stages[name] = Stage(root)
        elif word == "RUN":
            stage.run("sh", "-c", rest)
        elif word == "WORKDIR":
            stage.folder = rest
        elif word == "ADD":
            source, target = rest.split()
            stage.path(target).mkdir(parents=True, exist_ok=True)
            for tarball in pathlib.Path(context).glob(source):
                subprocess.run(["tar", "-C", stage.path(target), "-xf", tarball], check=True)
        elif word == "COPY":
            origin, source, target = re.fullmatch(r"--from=(\w+) (\S+) (\S+)", rest).groups()
            copy([stages[origin].path(source)], stage.path(target))
        elif word == "ENTRYPOINT":
            stage.entrypoint = json.loads(rest)
        else:
            raise ValueError(f"{word} is no word that this knows: {shlex.quote(rest)}")
    return stages
