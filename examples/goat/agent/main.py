"""The agent starts a container for each tool call. Bait: nothing here is meant to run."""

import docker

client = docker.from_env()
