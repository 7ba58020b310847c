/** Python package indexes that are known: the public one and its mirrors, and those of vendors. */
import { hostOf } from './urls.ts'

/** Hosts that serve the same packages as PyPI. `test.pypi.org` is no mirror: anybody may take any name there. */
const MIRRORS = new Set([
  'pypi.org',
  'pypi.python.org',
  'files.pythonhosted.org',
  'pypi.tuna.tsinghua.edu.cn',
  'mirrors.tuna.tsinghua.edu.cn',
  'mirrors.aliyun.com',
  'mirrors.cloud.tencent.com',
  'mirrors.ustc.edu.cn',
  'pypi.mirrors.ustc.edu.cn',
  'mirror.baidu.com',
  'repo.huaweicloud.com',
  'mirrors.huaweicloud.com',
  'pypi.doubanio.com',
  'pypi.douban.com',
  'mirror.sjtu.edu.cn',
  'mirrors.bfsu.edu.cn',
])

/** Hosts on which one vendor publishes builds of its own projects. */
const VENDORS = new Set([
  'download.pytorch.org',
  'pypi.nvidia.com',
  'pypi.ngc.nvidia.com',
  'developer.download.nvidia.com',
  'wheels.vllm.ai',
  'flashinfer.ai',
  'data.pyg.org',
  'abetlen.github.io',
  'data.dgl.ai',
  'download.openmmlab.com',
  'pytorch-extension.intel.com',
  'storage.openvinotoolkit.org',
  'repo.radeon.com',
  'rocm.nightlies.amd.com',
  'pip.repos.neuron.amazonaws.com',
  'us-python.pkg.dev',
  'docs.sglang.ai',
])

export function isPublicMirror(url: string): boolean {
  return MIRRORS.has(hostOf(url) ?? '')
}

export function isVendorIndex(url: string): boolean {
  const host = hostOf(url) ?? ''
  // Google's repositories are anybody's, save those of its own projects.
  if (host === 'us-python.pkg.dev') return /\/ml-oss-artifacts-published\//.test(url)
  return VENDORS.has(host)
}

const TORCH = new Set([
  'torch',
  'torchvision',
  'torchaudio',
  'torchtext',
  'torchdata',
  'torch-xla',
  'torchao',
  'torchtune',
  'torchcodec',
  'functorch',
  'triton',
  'pytorch-triton',
  'pytorch-triton-rocm',
  'xformers',
  'fbgemm-gpu',
])

/** What download.pytorch.org publishes itself. */
export function isTorchFamily(name: string): boolean {
  return TORCH.has(name.toLowerCase().replaceAll('_', '-'))
}
