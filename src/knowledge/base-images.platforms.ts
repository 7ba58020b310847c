/** Operating systems, languages, official servers, accelerators' and vendors' images, hardened ones. */
import { as, type BaseImageRow, type DefaultUser, type Extra, official, root } from './base-images.rows.ts'

const DISTROLESS_TAGS: BaseImageRow['tags'] = [
  { tag: 'nonroot*', user: [65532, 65532, 'nonroot', '/home/nonroot'] },
  { tag: '*-nonroot*', user: [65532, 65532, 'nonroot', '/home/nonroot'] },
]
const DOTNET_APP: DefaultUser = [1654, 1654, 'app', '/home/app']
const DOTNET: Extra = {
  packages: 'apt',
  variables: { APP_UID: '1654' },
  accounts: { app: 1654 },
  tags: [
    { tag: '*-extra*', user: DOTNET_APP },
    { tag: '*-chiseled*', user: DOTNET_APP },
    { tag: '*-distroless*', user: DOTNET_APP },
    { tag: '*nanoserver*', user: [null, null, 'ContainerUser'] },
    { tag: '*windowsservercore*', user: [null, null, 'ContainerAdministrator'] },
  ],
  settled: true,
  source: 'https://github.com/dotnet/dotnet-docker/blob/main/documentation/ubuntu-chiseled.md',
}
const UBI_S2I: Extra = {
  packages: 'dnf',
  variables: { HOME: '/opt/app-root/src', APP_ROOT: '/opt/app-root' },
  verified: true,
  source: 'https://github.com/sclorg/s2i-base-container',
}
const ELASTIC = {
  verified: true,
  packages: 'apt',
  entrypoint: true,
  source: 'https://github.com/elastic/dockerfiles',
} as const

export const PLATFORM_IMAGES: readonly BaseImageRow[] = [
  // Operating systems and languages.
  ...root('docker.io/library/python', {
    packages: 'apt',
    entrypoint: false,
    verified: true,
    source: 'https://github.com/docker-library/python',
  }),
  ...root('docker.io/library/node', {
    packages: 'apt',
    accounts: { node: 1000 },
    entrypoint: true,
    verified: true,
    source: 'https://github.com/nodejs/docker-node',
  }),
  ...official('apt', false, 'ubuntu debian buildpack-deps golang rust gcc ruby perl pypy openjdk'),
  ...official('apt', true, 'php eclipse-temurin maven'),
  ...official('apt', undefined, 'gradle haskell elixir erlang swift r-base julia dart clojure tomcat'),
  ...official('apk', false, 'alpine'),
  ...official('apk', undefined, 'bash composer docker caddy registry traefik'),
  ...official('dnf', false, 'fedora centos rockylinux almalinux oraclelinux'),
  ...official('yum', false, 'amazonlinux amazoncorretto'),
  ...official('none', false, 'busybox hello-world'),
  ...official('pacman', false, 'archlinux'),
  ...official('tdnf', false, 'photon'),
  // Official servers whose entrypoint starts as root and drops.
  ...official('apt', true, 'postgres>postgres redis>redis valkey>valkey mongo>mongodb mysql>mysql mariadb>mysql'),
  ...official('apt', true, 'rabbitmq>rabbitmq cassandra>cassandra couchdb>couchdb zookeeper>zookeeper flink>flink'),
  ...official('apt', true, 'neo4j>neo4j influxdb>influxdb ghost>node redmine>redmine storm>storm telegraf>telegraf'),
  ...official(
    'apt',
    true,
    'nginx>nginx httpd>daemon wordpress>www-data nextcloud>www-data drupal>www-data joomla>www-data',
  ),
  ...official('apt', true, 'mediawiki>www-data matomo>www-data arangodb couchbase'),
  ...official('apk', true, 'vault>vault consul>consul nats chronograf kapacitor'),
  // The rest of the official images.
  ...root(
    officialNames(
      'aerospike alt api-firewall backdrop cirros clearlinux clefos clickhouse crate eclipse-mosquitto eggdrop',
    ),
  ),
  ...root(
    officialNames(
      'friendica gazebo groovy haxe hitch hylang ibm-semeru-runtimes ibmjava jruby lightstreamer mageia mono',
    ),
  ),
  ...root(
    officialNames(
      'mongo-express monica nats-streaming neurodebian notary nuxeo orientdb phpmyadmin plone postfixadmin',
    ),
  ),
  ...root(
    officialNames('rakudo-star rethinkdb ros sapmachine silverpeas sl spiped swipl tomee unit xwiki yourls znc bonita'),
  ),
  ...as([null, null, 'liquibase'], 'docker.io/library/liquibase', { packages: 'apt', entrypoint: true }),
  ...as([1000, 1000, 'krakend'], 'docker.io/library/krakend', { entrypoint: true }),
  ...as([null, null, 'satosa'], 'docker.io/library/satosa', { packages: 'apt', entrypoint: true }),
  ...as([null, null, 'user'], 'docker.io/library/irssi', { packages: 'apt' }),
  // Official images with a user of their own.
  ...as([1000, 0, 'elasticsearch', '/usr/share/elasticsearch'], 'docker.io/library/elasticsearch', ELASTIC),
  ...as([1000, 1000, 'kibana', '/usr/share/kibana'], 'docker.io/library/kibana', ELASTIC),
  ...as([1000, 1000, 'logstash', '/usr/share/logstash'], 'docker.io/library/logstash', ELASTIC),
  ...as([8983, 8983, 'solr', '/var/solr'], 'docker.io/library/solr', {
    verified: true,
    packages: 'apt',
    entrypoint: true,
    variables: { SOLR_USER: 'solr', SOLR_UID: '8983', SOLR_GROUP: 'solr', SOLR_GID: '8983' },
    source: 'https://github.com/apache/solr-docker',
  }),
  ...as([11211, 11211, 'memcache'], 'docker.io/library/memcached', {
    packages: 'apt',
    entrypoint: true,
    verified: true,
    source: 'https://github.com/docker-library/memcached',
  }),
  ...as([99, 99, 'haproxy'], 'docker.io/library/haproxy', {
    packages: 'apt',
    entrypoint: true,
    verified: true,
    source: 'https://github.com/docker-library/haproxy',
    tags: [
      { tag: '2.0*', user: 'root' },
      { tag: '2.2*', user: 'root' },
    ],
  }),
  ...as([1000, 0, 'sonarqube'], 'docker.io/library/sonarqube', {
    packages: 'apt',
    entrypoint: true,
    verified: true,
    source: 'https://github.com/SonarSource/docker-sonarqube',
  }),
  ...as([185, 185, 'spark'], 'docker.io/library/spark docker.io/apache/spark docker.io/apache/spark-py', {
    verified: true,
    packages: 'apt',
    entrypoint: true,
    source: 'https://github.com/apache/spark-docker',
  }),
  ...as([999, 999, 'jetty'], 'docker.io/library/jetty', { packages: 'apt', entrypoint: true }),
  ...as([1000, 1000, 'emqx'], 'docker.io/library/emqx', { packages: 'apt', entrypoint: true }),
  ...as([null, null, 'kong'], 'docker.io/library/kong', { packages: 'apt', entrypoint: true }),
  ...as([null, null, 'varnish'], 'docker.io/library/varnish', { packages: 'apt', entrypoint: true }),
  ...as([null, null, 'adminer'], 'docker.io/library/adminer', { packages: 'apk', entrypoint: true }),
  ...as([null, null, 'odoo'], 'docker.io/library/odoo', { packages: 'apt', entrypoint: true }),
  ...as([null, null, 'fluent'], 'docker.io/library/fluentd', { packages: 'apk', entrypoint: true }),
  ...as([1001, 1001, 'mysql'], 'docker.io/library/percona', { packages: 'dnf', entrypoint: true }),
  ...as([9987, 9987, 'ts3server'], 'docker.io/library/teamspeak', { packages: 'apk', entrypoint: true }),
  ...as([1001, 0, 'default'], 'docker.io/library/open-liberty docker.io/library/websphere-liberty', {
    entrypoint: true,
  }),
  ...as([null, null, 'geonetwork'], 'docker.io/library/geonetwork'),
  // NVIDIA, AMD, Intel, Habana, Ascend.
  ...root('docker.io/nvidia/cuda docker.io/nvidia/cudagl docker.io/nvidia/opengl docker.io/nvidia/vulkan', {
    settled: true,
    packages: 'apt',
    source: 'https://gitlab.com/nvidia/container-images/cuda',
  }),
  ...root('nvcr.io/nvidia/pytorch nvcr.io/nvidia/tensorflow nvcr.io/nvidia/cuda nvcr.io/nvidia/tensorrt', {
    settled: true,
    packages: 'apt',
  }),
  ...root('nvcr.io/nvidia/tritonserver', {
    settled: true,
    packages: 'apt',
    entrypoint: true,
    source: 'https://github.com/triton-inference-server/server/blob/main/build.py',
  }),
  ...root(
    'nvcr.io/nvidia/nemo nvcr.io/nvidia/jax nvcr.io/nvidia/l4t-base nvcr.io/nvidia/l4t-pytorch nvcr.io/nvidia/l4t-jetpack',
    { packages: 'apt' },
  ),
  ...root('nvcr.io/nvidia/tensorrt-llm/release nvcr.io/nvidia/rapidsai/base nvcr.io/nvidia/modulus/modulus', {
    packages: 'apt',
  }),
  { repository: 'nvcr.io/nvidia/cloud-native/**', user: null },
  { repository: 'nvcr.io/nvidia/k8s/**', user: null },
  {
    repository: 'nvcr.io/nim/**',
    user: [1000, 1000, null],
    source: 'https://docs.nvidia.com/nim/alpamayo/latest/configuration.html',
  },
  { repository: 'nvcr.io/nvidia/**', user: 'root', packages: 'apt' },
  ...root('docker.io/rocm/pytorch docker.io/rocm/tensorflow docker.io/rocm/vllm docker.io/rocm/dev-ubuntu-22.04', {
    settled: true,
    packages: 'apt',
  }),
  ...root('docker.io/rocm/dev-ubuntu-24.04 docker.io/rocm/dev-ubuntu-20.04 docker.io/rocm/rocm-terminal', {
    packages: 'apt',
  }),
  { repository: 'docker.io/rocm/*', user: 'root', packages: 'apt' },
  ...root(
    'docker.io/intel/oneapi-basekit docker.io/intel/oneapi-hpckit docker.io/intel/oneapi-runtime docker.io/intel/oneapi',
    {
      settled: true,
      packages: 'apt',
      source: 'https://github.com/intel/oneapi-containers',
    },
  ),
  ...root(
    'docker.io/intel/intel-extension-for-pytorch docker.io/intel/intel-optimized-pytorch docker.io/intelanalytics/ipex-llm-serving-xpu',
    { packages: 'apt' },
  ),
  { repository: 'vault.habana.ai/gaudi-docker/**', user: 'root', packages: 'apt', settled: true },
  { repository: 'quay.io/ascend/*', user: 'root' },
  // Hardened and minimal images.
  {
    repository: 'gcr.io/distroless/*',
    accounts: { nonroot: 65532, nobody: 65534 },
    user: 'root',
    settled: true,
    packages: 'none',
    tags: DISTROLESS_TAGS,
    source: 'https://github.com/GoogleContainerTools/distroless',
  },
  ...root('cgr.dev/chainguard/wolfi-base', { packages: 'apk' }),
  {
    repository: 'cgr.dev/*/*',
    user: [65532, 65532, 'nonroot', '/home/nonroot'],
    packages: 'none',
    source: 'https://edu.chainguard.dev/chainguard/chainguard-images/',
  },
  {
    repository: 'dhi.io/*',
    user: [65532, 65532, 'nonroot'],
    packages: 'none',
    tags: [{ tag: '*-dev', user: 'root' }],
    source: 'https://docs.docker.com/dhi/',
  },
  ...root('docker.io/bitnami/minideb', { packages: 'apt', settled: true }),
  ...['bitnami', 'bitnamilegacy', 'bitnamisecure'].map(
    (owner): BaseImageRow => ({
      repository: `docker.io/${owner}/*`,
      user: [1001, 0, null],
      packages: 'apt',
      source: 'https://techdocs.broadcom.com/us/en/vmware-tanzu/bitnami-secure-images/',
    }),
  ),
  ...as(
    [101, 101, 'nginx'],
    'docker.io/nginxinc/nginx-unprivileged ghcr.io/nginx/nginx-unprivileged quay.io/nginx/nginx-unprivileged public.ecr.aws/nginx/nginx-unprivileged',
    { verified: true, packages: 'apt', entrypoint: true, source: 'https://github.com/nginx/docker-nginx-unprivileged' },
  ),
  // Red Hat, Microsoft, Google, Amazon.
  {
    repository: 'registry.access.redhat.com/ubi*/python-*',
    user: [1001, 0, 'default', '/opt/app-root/src'],
    ...UBI_S2I,
  },
  {
    repository: 'registry.access.redhat.com/ubi*/nodejs-*',
    user: [1001, 0, 'default', '/opt/app-root/src'],
    ...UBI_S2I,
  },
  {
    repository: 'registry.access.redhat.com/ubi*/go-toolset',
    user: [1001, 0, 'default', '/opt/app-root/src'],
    ...UBI_S2I,
  },
  {
    repository: 'registry.access.redhat.com/ubi*/nginx-*',
    user: [1001, 0, 'default', '/opt/app-root/src'],
    ...UBI_S2I,
  },
  {
    repository: 'registry.access.redhat.com/ubi*/httpd-*',
    user: [1001, 0, 'default', '/opt/app-root/src'],
    ...UBI_S2I,
  },
  { repository: 'registry.access.redhat.com/ubi*/ruby-*', user: [1001, 0, 'default', '/opt/app-root/src'], ...UBI_S2I },
  { repository: 'registry.access.redhat.com/ubi*/php-*', user: [1001, 0, 'default', '/opt/app-root/src'], ...UBI_S2I },
  { repository: 'registry.access.redhat.com/ubi*/perl-*', user: [1001, 0, 'default', '/opt/app-root/src'], ...UBI_S2I },
  { repository: 'registry.access.redhat.com/ubi*/s2i-core', user: 'root', ...UBI_S2I },
  {
    repository: 'registry.access.redhat.com/ubi*/openjdk-*',
    user: [185, 0, 'default', '/home/default'],
    packages: 'microdnf',
  },
  { repository: 'registry.access.redhat.com/ubi*/ubi*', user: 'root', packages: 'dnf', settled: true },
  { repository: 'registry.access.redhat.com/ubi*', user: 'root', packages: 'dnf', settled: true },
  { repository: 'docker.io/redhat/ubi*', user: 'root', packages: 'dnf', settled: true },
  ...root(
    'mcr.microsoft.com/dotnet/sdk mcr.microsoft.com/dotnet/aspnet mcr.microsoft.com/dotnet/runtime mcr.microsoft.com/dotnet/runtime-deps',
    DOTNET,
  ),
  { repository: 'mcr.microsoft.com/azureml/**', user: 'root', packages: 'apt' },
  { repository: 'mcr.microsoft.com/devcontainers/**', user: 'root', packages: 'apt' },
  { repository: 'mcr.microsoft.com/vscode/devcontainers/*', user: 'root', packages: 'apt' },
  ...root('mcr.microsoft.com/playwright mcr.microsoft.com/playwright/python', { packages: 'apt' }),
  ...root(
    'mcr.microsoft.com/azurelinux/base/core mcr.microsoft.com/cbl-mariner/base/core mcr.microsoft.com/azure-cli mcr.microsoft.com/powershell',
    { packages: 'tdnf' },
  ),
  ...as([10001, 0, 'mssql'], 'mcr.microsoft.com/mssql/server', { packages: 'apt' }),
  {
    repository: 'mcr.microsoft.com/windows/nanoserver',
    user: [null, null, 'ContainerUser'],
    windows: true,
    settled: true,
  },
  { repository: 'mcr.microsoft.com/windows/*', user: [null, null, 'ContainerAdministrator'], windows: true },
  { repository: 'mcr.microsoft.com/windows', user: [null, null, 'ContainerAdministrator'], windows: true },
  ...root(
    'docker.io/google/cloud-sdk gcr.io/google.com/cloudsdktool/google-cloud-cli gcr.io/google.com/cloudsdktool/cloud-sdk docker.io/amazon/aws-cli public.ecr.aws/amazonlinux/amazonlinux',
  ),
  ...root('gcr.io/cloud-marketplace-tools/k8s/deployer_helm gcr.io/cloud-marketplace-tools/k8s/deployer_helm/onbuild', {
    packages: 'apt',
  }),
  ...root(
    'quay.io/centos/centos quay.io/fedora/fedora quay.io/podman/stable quay.io/rockylinux/rockylinux docker.io/rockylinux/rockylinux',
    { packages: 'dnf' },
  ),
  ...root(
    'docker.io/opencloudos/opencloudos docker.io/openeuler/openeuler docker.io/opensuse/leap docker.io/opensuse/tumbleweed docker.io/nixos/nix docker.io/kalilinux/kali-rolling',
  ),
]

function officialNames(names: string): string {
  return names
    .split(' ')
    .map((name) => `docker.io/library/${name}`)
    .join(' ')
}
