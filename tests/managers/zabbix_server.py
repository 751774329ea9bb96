# SPDX-License-Identifier: BSD-2-Clause
"""A real Zabbix in a site's namespace: PostgreSQL, zabbix_server and the frontend, of whatever version is installed."""

import contextlib
import gzip
import json
import pathlib
import shutil
import subprocess
import urllib.request

import managers
import test_tables as tables
from harness import Failure, Process, Skip
from managers import PATIENCE, wait_for

PACKAGES = "zabbix-server-pgsql zabbix-frontend-php php-cli php-pgsql postgresql"
FRONTEND = pathlib.Path("/usr/share/zabbix")
SCHEMA = pathlib.Path("/usr/share/zabbix-server-pgsql")
PORT = 8088
URL = f"http://127.0.0.1:{PORT}"

POSTGRES = """\
listen_addresses = ''
unix_socket_directories = '{folder}'
fsync = off
full_page_writes = off
synchronous_commit = off
max_wal_size = 4GB
"""
SERVER = """\
AllowRoot=1
DBHost={folder}
DBName=zabbix
DBUser=zabbix
LogType=file
LogFile={folder}/zabbix_server.log
PidFile={folder}/zabbix_server.pid
SocketDir={folder}
ListenIP=127.0.0.1
CacheUpdateFrequency=2
StartPollers=2
StartPingers=0
StartDiscoverers=1
StartHTTPPollers=0
Timeout=10
"""
WEB = """\
<?php
$DB = ['TYPE' => 'POSTGRESQL', 'SERVER' => '{folder}', 'PORT' => '0', 'DATABASE' => 'zabbix', 'USER' => 'zabbix', 'PASSWORD' => '',
    'SCHEMA' => '', 'ENCRYPTION' => false, 'KEY_FILE' => '', 'CERT_FILE' => '', 'CA_FILE' => '', 'VERIFY_HOST' => false,
    'CIPHER_LIST' => '', 'VAULT' => '', 'VAULT_URL' => '', 'VAULT_DB_PATH' => '', 'VAULT_PREFIX' => '', 'VAULT_TOKEN' => '',
    'VAULT_CERT_FILE' => '', 'VAULT_KEY_FILE' => '', 'VAULT_CACHE' => false, 'DOUBLE_IEEE754' => true];
$ZBX_SERVER = '127.0.0.1';
$ZBX_SERVER_PORT = '10051';
$ZBX_SERVER_NAME = 'tcpextd';
$IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
"""
PHP = {"max_execution_time": 300, "max_input_time": 300, "memory_limit": "256M", "post_max_size": "16M", "date.timezone": "UTC"}


class Zabbix:
    """Its processes are the site's. Those of PostgreSQL and of the server have a namespace for shared memory, which goes with them."""

    def __init__(self, site):
        self.site = site
        self.folder = site.folder / "zabbix"
        self.token = None
        self.bin = self.find_postgres()
        for program in ("zabbix_server", "php", "psql", "setpriv", "unshare"):
            managers.need(program, PACKAGES)
        if not FRONTEND.is_dir():
            raise Skip(f"needs {FRONTEND} (Debian: {PACKAGES})")

    @staticmethod
    def find_postgres():
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
        if not found:
            raise Skip(f"needs PostgreSQL (Debian: {PACKAGES})")
        return found[-1]

    def start(self):
        self.folder.mkdir()
        shutil.chown(self.folder, "postgres", "postgres")
        self.start_postgres()
        self.fill()
        self.start_frontend()
        self.start_server()
        self.log_in()
        return self

    # PostgreSQL

    def as_postgres(self, *argv):
        """setpriv would take away what ends it with the test."""
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=keep", *map(str, argv)]

    def start_postgres(self):
        data = self.folder / "data"
        self.must(self.as_postgres(self.bin / "initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"))
        with open(data / "postgresql.conf", "a") as conf:
            conf.write(POSTGRES.format(folder=self.folder))
        process = self.run_apart("postgres", *self.as_postgres(self.bin / "postgres", "-D", data))
        wait_for(lambda: f"PostgreSQL answers; it said: {process.output.read_text()[-1000:]}",
                 lambda: subprocess.run(self.psql("postgres", "postgres", "-c", "select 1"), capture_output=True).returncode == 0)

    def psql(self, user, database, *more):
        return ["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-U", user, "-d", database, *more]

    def fill(self):
        self.must(self.psql("postgres", "postgres", "-c", "create role zabbix login"))
        self.must(self.psql("postgres", "postgres", "-c", "create database zabbix owner zabbix"))
        for name in ("schema", "images", "data"):
            self.must(self.psql("zabbix", "zabbix", "-1", "-o", "/dev/null"), input=gzip.decompress((SCHEMA / f"{name}.sql.gz").read_bytes()))
        self.must(self.psql("zabbix", "zabbix", "-c", "analyze"))  # a plan without statistics can take minutes

    # The server and the frontend

    def start_server(self):
        conf = self.site.write("zabbix/zabbix_server.conf", SERVER.format(folder=self.folder))
        self.run_apart("zabbix_server", "zabbix_server", "-f", "-c", conf)

    def start_frontend(self):
        """Debian's frontend reads its configuration where that of the system is: it sees another folder there."""
        self.site.write("zabbix/web/zabbix.conf.php", WEB.format(folder=self.folder))
        options = [word for name, value in PHP.items() for word in ("-d", f"{name}={value}")]
        php = ["php", *options, "-S", f"127.0.0.1:{PORT}", "-t", FRONTEND]
        self.run_apart("php", "unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/zabbix && exec "$@"', self.folder / "web", *php)
        wait_for("the frontend answers", self.is_up)

    def is_up(self):
        with contextlib.suppress(OSError):
            return self.post({"jsonrpc": "2.0", "id": 1, "method": "apiinfo.version", "params": []})

    def run_apart(self, name, *argv):
        return self.site.start(Process, self.site.inside("unshare", "--ipc", *argv), self.folder / f"{name}.out")

    def must(self, argv, **more):
        done = subprocess.run(argv, capture_output=True, timeout=2 * PATIENCE, cwd=self.folder, **more)
        if done.returncode != 0:
            raise Failure(f"{argv[:8]}: {done.stderr.decode()[-2000:]}")

    def log(self):
        return (self.folder / "zabbix_server.log").read_text()

    # The API

    def log_in(self):
        self.version = tuple(int(part) for part in self.call("apiinfo.version").split(".")[:2])
        name = "user" if self.version < (5, 4) else "username"
        self.token = self.call("user.login", **{name: "Admin", "password": "zabbix"})

    def call(self, method, *listed, **parameters):
        """What the API answers; parameters may be a list."""
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(listed) or parameters}
        headers = {}
        if self.token and self.version >= (6, 4):
            headers = {"Authorization": f"Bearer {self.token}"}
        elif self.token:
            request["auth"] = self.token
        answer = self.post(request, headers)
        if "error" in answer:
            raise Failure(f"{method}: {answer['error']}")
        return answer["result"]

    def post(self, request, headers=()):
        """The socket is of the namespace that it is opened in."""
        whole = urllib.request.Request(f"{URL}/api_jsonrpc.php", json.dumps(request).encode(),
                                       {"Content-Type": "application/json-rpc", **dict(headers)})
        with tables.inside(self.site), urllib.request.urlopen(whole, timeout=2 * PATIENCE) as answer:
            return json.load(answer)
