#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""etc/container: the images are made, in chroots and by buildah; an agent in one container is served by snmpd in another; and
Kubernetes and docker-compose know all the words that are there."""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import containerfile  # noqa: E402
import harness  # noqa: E402
from harness import BUILD, MIB2, SOURCE, Skip, check, check_equal, wait_for  # noqa: E402

FILES = SOURCE / "etc/container"
RELEASE = "bookworm"
NO_PORTS = f"{MIB2}.7.2.0"

# As a container has it: a root that cannot be written, processes and mounts of its own, and few capabilities.
CONTAINER = """
set -eu
root=$1 place=$2 volume=$3 conf=$4 capabilities=$5
shift 5
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mkdir -p "$root$place"
mount --bind "$volume" "$root$place"
mount --bind "$conf" "$root/etc/snmp"
mount -o remount,bind,ro "$root"
exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin setpriv --bounding-set "$capabilities" --inh-caps -all "$@"
"""
OF_SNMPD = "-all,+chown,+net_bind_service,+setgid,+setuid"
OF_AGENT = "-all,+setgid,+setuid"
OF_MASTER = "-all,+net_bind_service,+setgid,+setuid"
AGENTX, STATE = "/var/agentx", "/var/lib/tcpextd"
USER = 705


@contextlib.contextmanager
def made():
    """The bare system that the steps begin with, a tarball, and a folder to work in."""
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        raise Skip("needs root, for chroots, and debootstrap")
    subprocess.run([SOURCE / "tests/chroots/run", "--shell", RELEASE, "true"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="tcx-container-", dir=SOURCE / "build") as work:
        work = pathlib.Path(work)
        subprocess.run(["cp", "-a", SOURCE / "build/chroots" / RELEASE, work / "base"], check=True)
        subprocess.run(["sh", "-euc", f'. {SOURCE}/tests/lib/steps.sh; use_host_network "$0"', work / "base"], check=True,
                       env=dict(os.environ, top=str(SOURCE)))
        (work / "base/etc/dpkg/dpkg.cfg.d/unsafe-io").write_text("force-unsafe-io\n")  # as images have it
        (work / "context").mkdir()
        subprocess.run(["make", "-C", BUILD, "dist"], check=True, stdout=subprocess.DEVNULL)
        for tarball in BUILD.glob("tcpextd-*.tar.xz"):
            shutil.move(tarball, work / "context")
        yield work


def start(site, stage, what, mounted, capabilities, options=(), **conf):
    """A container in the site's network namespace, with files in /etc/snmp. mounted: a place there, and a folder."""
    folder = site.folder / f"conf-{what}"
    for name, text in conf.items():
        site.write(f"conf-{what}/{name}.conf", text)
    output = site.folder / f"{what}.out"
    return site.start(harness.Process, site.inside(
        "unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private", "sh", "-c", CONTAINER, "sh", stage.root,
        *mounted, folder, capabilities, *stage.entrypoint, *options), output), output


def ask(site, address, oid):
    done = site.run("snmpget", "-v2c", "-cpublic", "-t1", "-r0", "-Oqv", address, oid)
    return done.stdout.strip() if done.returncode == 0 else None


def no_ports(site):
    names, values = [line.split() for line in site.run("cat", "/proc/net/snmp").stdout.splitlines() if line.startswith("Udp:")]
    return values[names.index("NoPorts")]


def knock(site, times):
    """So many datagrams to a port that nobody listens at."""
    code = f"import socket\nfor i in range({times}):\n    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('127.0.0.1', 9))"
    site.run(sys.executable, "-c", code)


def meets(here, there, stages, volume, snmpd_conf, agent_conf, address, what):
    """snmpd here shows the counters of the agent's namespace, which is another one."""
    snmpd, said = start(here, stages["snmpd"], f"snmpd-{what}", (AGENTX, volume), OF_SNMPD, snmpd=snmpd_conf)
    agent, log = start(there, stages["tcpextd"], f"agent-{what}", (AGENTX, volume), OF_AGENT, tcpextd=agent_conf)
    wait_for(lambda: f"{what}: the agent is served: {log.read_text()} {said.read_text()}", lambda: ask(here, address, harness.VERSION))
    wait_for(lambda: f"{what}: the counters are those of the agent's namespace, {no_ports(there)}: {ask(here, address, NO_PORTS)}",
             lambda: ask(here, address, NO_PORTS) == no_ports(there))
    check(True, f"{what}: the counters are those of the agent's namespace")
    for process in agent, snmpd:
        process.kill()


def alone(site, stage):
    """The agent without snmpd, which keeps its state in a volume of its own."""
    state = site.folder / "state"
    state.mkdir(mode=0o700)
    os.chown(state, USER, USER)
    agent, log = start(site, stage, "alone", (STATE, state), OF_MASTER, ("--master", "udp:161"), tcpextd="rocommunity public\n")
    wait_for(lambda: f"alone: it is served: {log.read_text()}", lambda: ask(site, "udp:127.0.0.1:161", harness.VERSION))
    check_equal(ask(site, "udp:127.0.0.1:161", NO_PORTS), no_ports(site), "alone: the counters of its namespace")
    kept = list(state.iterdir())
    check(kept and all(file.stat().st_uid == USER for file in kept), "alone: its state is in the volume", log.read_text())
    agent.kill()


def in_chroots(_):
    """Each step of the Containerfile is carried out, and the two images serve: by a socket in a volume, by TCP, and the agent alone."""
    with made() as work:
        stages = containerfile.build(FILES / "Containerfile", work / "context", work / "base", work)
        check(True, "all steps have been carried out")
        with harness.Site("snmpd") as here, harness.Site("agent") as there:
            knock(there, 7)
            volume = here.folder / "volume"
            volume.mkdir()
            conf = (FILES / "snmpd.conf").read_text()
            meets(here, there, stages, volume, conf, "agentXPingInterval 4\n", "udp:127.0.0.1:161", "a volume")
            check_equal((volume / "master").stat().st_uid, USER, "the socket is of the user that both have")
            alone(there, stages["tcpextd"])
            link(here, there)
            meets(here, there, stages, volume, conf.replace("/var/agentx/master", "tcp:10.9.0.1:705"),
                  "agentXSocket tcp:10.9.0.1:705\nagentXPingInterval 4\n", "udp:127.0.0.1:161", "TCP")


def link(here, there):
    """A network that the two share: 10.9.0.1 and 10.9.0.2."""
    for argv in (("-n", here.netns, "link", "add", "link0", "type", "veth", "peer", "name", "link1", "netns", there.netns),
                 ("-n", here.netns, "addr", "add", "10.9.0.1/24", "dev", "link0"), ("-n", here.netns, "link", "set", "link0", "up"),
                 ("-n", there.netns, "addr", "add", "10.9.0.2/24", "dev", "link1"), ("-n", there.netns, "link", "set", "link1", "up")):
        subprocess.run(["ip", *argv], check=True)


def by_buildah(site):
    """buildah makes the same, of a base that is imported, since no registry is asked."""
    if not shutil.which("buildah"):
        raise Skip("needs buildah")
    with made() as work:
        buildah = ["buildah", "--storage-driver", "vfs", "--root", work / "storage", "--runroot", work / "run"]
        bud = [*buildah, "bud", "--isolation", "chroot"]
        subprocess.run(["tar", "-C", work / "base", "-cf", work / "base.tar", "."], check=True)
        (work / "Base").write_text("FROM scratch\nADD base.tar /\n")
        done = subprocess.run([*bud, "-t", "base", "-f", work / "Base", work], capture_output=True, text=True)
        if done.returncode != 0:
            raise Skip(f"buildah does not run here: {done.stderr[-300:]}")
        (work / "base.tar").unlink()
        for target, program in (("tcpextd", "tcpextd"), ("snmpd", "snmpd")):
            done = subprocess.run([*bud, "--build-arg", "BASE=localhost/base", "--pull-never", "--target", target, "-t", target,
                                   "-f", FILES / "Containerfile", work / "context"], capture_output=True, text=True)
            if not check(done.returncode == 0, f"the image {target}", (done.stdout + done.stderr)[-2000:]):
                continue
            made_of = subprocess.run([*buildah, "from", "--pull-never", f"localhost/{target}"], capture_output=True, text=True, check=True).stdout.strip()
            done = subprocess.run([*buildah, "run", "--isolation", "chroot", made_of, "--", f"/usr/sbin/{program}", "-v"], capture_output=True, text=True)
            check(done.returncode == 0, f"{program} runs in it", done.stderr)


DAEMONSETS = {"daemonset.yaml": {"snmpd": OF_SNMPD, "tcpextd": OF_AGENT}, "daemonset-standalone.yaml": {"tcpextd": OF_MASTER}}


def kubernetes(_):
    """The DaemonSets have no word that the API does not know, and all that it wants."""
    try:
        import yaml
        from kubernetes import client
    except ImportError as fault:
        raise Skip(f"needs python3-kubernetes ({fault})") from None

    def look(value, kind, where):
        """Checks a value against the name of its type in the client's models, and returns how many fields it has."""
        found = re.fullmatch(r"(list|dict)[\[(](?:str, ?)?(.*?)[\])]", kind)
        if found:
            parts = value.items() if found[1] == "dict" else enumerate(value)
            return sum(look(part, found[2], f"{where}.{name}") for name, part in parts)
        model = getattr(client, kind, None)
        if model is None:
            types = {"str": str, "int": int, "bool": bool, "object": (str, int)}
            return check(isinstance(value, types[kind]), f"{where} is of type {kind}", value) or 1
        names = {there: here for here, there in model.attribute_map.items()}
        unknown = set(value) - set(names)
        check(not unknown, f"{where} has nothing but what {kind} has", unknown)
        model(**{names[name]: part for name, part in value.items() if name in names})  # it refuses to lack what it wants
        return sum(look(part, model.openapi_types[names[name]], f"{where}.{name}") for name, part in value.items() if name in names)

    for file, capabilities in DAEMONSETS.items():
        documents = list(yaml.safe_load_all((FILES / file).read_text()))
        check_equal([document["kind"] for document in documents], ["ConfigMap", "DaemonSet"], f"{file}: two objects")
        for document in documents:
            look(document, f"V1{document['kind']}", document["kind"])
        pod = documents[1]["spec"]["template"]["spec"]
        check((pod["hostNetwork"], pod["hostPID"]) == (True, True), "the node's network and processes")
        check(all(one["securityContext"]["readOnlyRootFilesystem"] for one in pod["containers"]), "roots that cannot be written")
        check_equal({one["name"]: "-all,+" + ",+".join(one["securityContext"]["capabilities"]["add"]).lower() for one in pod["containers"]},
                    capabilities, "the capabilities are those that were tried")


def compose(site):
    """docker-compose takes its files."""
    if not shutil.which("docker-compose"):
        raise Skip("needs docker-compose")
    for file in ("compose.yaml", "standalone.yaml"):
        done = site.run("docker-compose", "-f", FILES / file, "config", "-q")
        check_equal((done.returncode, done.stderr), (0, ""), f"docker-compose -f {file} config")


if __name__ == "__main__":
    harness.main(kubernetes, compose, in_chroots, by_buildah)
