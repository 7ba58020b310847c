/** Passwords that anybody would try first, and those that vendors ship in their samples. */

/** The product that ships with this password, in the setting of that name where only there it is its default. */
export function vendorOfDefault(value: string, name?: string): string | undefined {
  const lower = value.toLowerCase()
  return VENDOR_DEFAULTS.get(lower) ?? (name === undefined ? undefined : NAMED_DEFAULTS.get(`${name}=${lower}`))
}

/**
 * True for a password off the first page of every word list: small letters, separators and decoration ignored, digits
 * and signs read as the letters they stand for.
 */
export function isCommonPassword(value: string): boolean {
  if (value.length > 40) return false
  const lower = value.toLowerCase()
  if (COMMON.has(lower)) return true
  const plain = lower.replace(/[\s_.-]+/g, '').replace(/[!?.*#$]+$/, '')
  if (COMMON.has(plain) || COMMON.has(plain.replace(/\d{1,8}$/, ''))) return true
  const spoken = plain.replace(/[0134578@$!]/g, (sign) => SPOKEN[sign] ?? sign)
  return COMMON.has(spoken) || COMMON.has(spoken.replace(/^(?:my|the|super|very|top|default|initial)+/, ''))
}

const SPOKEN: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  8: 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
}

const COMMON = new Set(
  (
    'password passwd pass passw pwd admin administrator root toor user username test testing tester guest default ' +
    'secret secrets mysecret supersecret topsecret verysecret secretkey mysecretkey secretpassword password admin ' +
    'mypassword adminpassword rootpassword userpassword dbpassword testpassword somepassword strongpassword ' +
    'securepassword examplepassword changeme changeit changethis changemenow changemeplease pleasechange ' +
    'pleasechangeme changepassword replaceme letmein welcome qwerty qwertyuiop asdf asdfgh asdfghjkl zxcvbn ' +
    'abc123 abcd1234 abc abcd 1234 12345 123456 1234567 12345678 123456789 1234567890 0123456789 0000 00000000 ' +
    '1111 11111111 123123 654321 87654321 112233 1q2w3e4r 1qaz2wsx qazwsx example demo dev devel development local ' +
    'localhost foo bar baz foobar foobarbaz hunter hunter2 trustno1 iloveyou monkey dragon sunshine master ' +
    'superuser super sa system manager service public private token mytoken key mykey apikey temp temppass ' +
    'insecure unsafe insecuresecret hello helloworld computer internet server database db app web api backend ' +
    'postgres postgresql psql mysql mariadb redis mongo mongodb mongoadmin minio elastic elasticsearch kibana ' +
    'opensearch neo4j neo clickhouse grafana prometheus airflow superset mlflow jupyter notebook langfuse langflow ' +
    'flowise dify ragflow milvus weaviate qdrant chroma chromadb keycloak vault sonar sonarqube jenkins nexus ' +
    'portainer pgadmin metabase rabbitmq kafka nats n8n ollama vllm localai openwebui litellm label-studio ' +
    'bitnami oracle tomcat docker kubernetes k8s ubuntu debian centos vagrant raspberry nvidia cuda pytorch'
  ).split(' '),
)

/** Lower-case value → product whose sample or default it is. */
const VENDOR_DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['minioadmin', 'MinIO'],
  ['minio123', 'MinIO'],
  ['miniosecret', 'Langfuse'],
  ['difyai123456', 'Dify'],
  ['infini_rag_flow', 'RAGFlow'],
  ['langflow', 'Langflow'],
  ['airflow', 'Apache Airflow'],
  ['sk-1234', 'LiteLLM'],
  ['t0p-s3cr3t', 'Open WebUI'],
  ['prom-operator', 'Grafana'],
  ['postgres', 'PostgreSQL'],
  ['clickhouse', 'ClickHouse'],
  ['neo4j', 'Neo4j'],
  ['guest', 'RabbitMQ'],
  ['rabbitmq', 'RabbitMQ'],
  ['milvus', 'Milvus'],
  ['bitnami', 'Bitnami'],
  ['superset', 'Apache Superset'],
  ['keycloak', 'Keycloak'],
  ['elastic', 'Elasticsearch'],
  ['mysecret', 'Langfuse'],
  ['mysalt', 'Langfuse'],
])

/** `NAME=lower-case value` → product: values that elsewhere are guessable at most, or nothing at all. */
const NAMED_DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['GF_SECURITY_ADMIN_PASSWORD=admin', 'Grafana'],
  [`ENCRYPTION_KEY=${'0'.repeat(64)}`, 'Langfuse'],
])
