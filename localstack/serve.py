"""Runs LocalStack outside of a container, on loopback alone and in the folder FILESYSTEM_ROOT.

For the Python in .tools/localstack, whose LocalStack 4.14 opens its port on all interfaces,
whatever IPv4 address GATEWAY_LISTEN names, and keeps objects in one place for all on a machine.
"""

from functools import partial
from pathlib import Path

from localstack import config
from localstack.runtime.main import main
from localstack.services.s3 import provider
from twisted.internet import endpoints

endpoints.TCP4ServerEndpoint = partial(endpoints.TCP4ServerEndpoint, interface="127.0.0.1")
provider.DEFAULT_S3_TMP_DIR = str(Path(config.dirs.tmp, "objects"))
main()
