/** Where the owner of each kind of secret takes it back: rules tell it, kinds carry it. By id of the kind. */
const REVOCATION: Readonly<Record<string, string>> = {
  'anthropic-api-key': 'https://console.anthropic.com/settings/keys',
  'aws-access-key-id': 'the AWS console, IAM, the user’s security credentials',
  'aws-secret-access-key': 'the AWS console, IAM, the user’s security credentials',
  'databricks-token': 'the workspace’s user settings, Developer, Access tokens',
  'docker-hub-token': 'https://app.docker.com/settings/personal-access-tokens',
  'docker-registry-auth': 'the registry’s account settings',
  'github-token': 'https://github.com/settings/tokens',
  'gitlab-token': 'https://gitlab.com/-/user_settings/personal_access_tokens',
  'google-api-key': 'https://console.cloud.google.com/apis/credentials',
  'groq-api-key': 'https://console.groq.com/keys',
  'hashicorp-vault-token': '`vault token revoke`',
  'hugging-face-token': 'https://huggingface.co/settings/tokens',
  'langsmith-api-key': 'https://smith.langchain.com/settings',
  'npm-token': 'https://www.npmjs.com/settings/~/tokens',
  'nvidia-ngc-api-key': 'https://org.ngc.nvidia.com/setup/api-keys',
  'openai-api-key': 'https://platform.openai.com/api-keys',
  'pinecone-api-key': 'https://app.pinecone.io (API keys)',
  'pypi-token': 'https://pypi.org/manage/account/token/',
  'replicate-api-token': 'https://replicate.com/account/api-tokens',
  'slack-token': 'https://api.slack.com/apps',
  'wandb-api-key': 'https://wandb.ai/settings',
}

/** A place, in words or as an address; where no one place is known, its issuer. */
export function revocation(kind: string): string {
  return (Object.hasOwn(REVOCATION, kind) ? REVOCATION[kind] : undefined) ?? 'where it was issued'
}
