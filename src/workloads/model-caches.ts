/** Where libraries keep the models that they download. */

/** Variables that name a cache folder, and what keeps its files there. */
export const CACHE_VARIABLES: Readonly<Record<string, string>> = {
  HF_HOME: 'Hugging Face',
  HF_HUB_CACHE: 'Hugging Face',
  HUGGINGFACE_HUB_CACHE: 'Hugging Face',
  HF_DATASETS_CACHE: 'Hugging Face datasets',
  TRANSFORMERS_CACHE: 'Transformers',
  SENTENCE_TRANSFORMERS_HOME: 'Sentence Transformers',
  TORCH_HOME: 'PyTorch',
  TORCH_EXTENSIONS_DIR: 'PyTorch',
  TORCHINDUCTOR_CACHE_DIR: 'PyTorch',
  TRITON_CACHE_DIR: 'Triton',
  TRITON_HOME: 'Triton',
  VLLM_CACHE_ROOT: 'vLLM',
  NUMBA_CACHE_DIR: 'Numba',
  CUDA_CACHE_PATH: 'CUDA',
  MPLCONFIGDIR: 'Matplotlib',
  NLTK_DATA: 'NLTK',
  XDG_CACHE_HOME: 'every cache',
  OLLAMA_MODELS: 'Ollama',
}

/** The Hugging Face cache of a user of the host: `~/.cache/huggingface`, or a folder that holds it or lies in it. */
export function isUsersModelCache(source: string): boolean {
  return /^(?:~|\$\{?HOME\}?|\/root|(?:\/var)?\/home\/[^/]+|\/Users\/[^/]+)\/\.cache(?:\/huggingface(?:\/(?!token$|stored_tokens$).*)?)?\/?$/.test(
    source,
  )
}
