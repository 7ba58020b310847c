/**
 * Where each kind keeps its pod specs. Built-in kinds from the API reference; custom ones from their own definitions.
 * `*` stands for any item of a list or key of a map.
 */

export interface KindShape {
  /** API group, where several use the kind's name; a suffix counts. */
  readonly group?: string
  readonly podSpecs: readonly string[]
  /** Single containers that stand in the pod spec beside or instead of `containers`. */
  readonly singles?: readonly string[]
}

const TEMPLATE: KindShape = { podSpecs: ['spec.template.spec'] }

const REPLICAS = (key: string): KindShape => ({
  podSpecs: [`spec.${key}.*.template.spec`],
})

const RAY_CLUSTER = ['headGroupSpec.template.spec', 'workerGroupSpecs.*.template.spec']

const under = (prefix: string, paths: readonly string[]): string[] => paths.map((path) => `${prefix}.${path}`)

const ARGO_SINGLES = ['container', 'script']

/** KServe's old per-framework predictors, each a container with a default image. */
const PREDICTORS = [
  'model',
  'sklearn',
  'xgboost',
  'tensorflow',
  'pytorch',
  'triton',
  'onnx',
  'huggingface',
  'pmml',
  'lightgbm',
  'paddle',
]

export const KINDS: Readonly<Record<string, readonly KindShape[]>> = {
  Pod: [{ podSpecs: ['spec'] }],
  Deployment: [TEMPLATE],
  ReplicaSet: [TEMPLATE],
  StatefulSet: [TEMPLATE],
  DaemonSet: [TEMPLATE],
  ReplicationController: [TEMPLATE],
  Job: [{ group: 'batch.volcano.sh', podSpecs: ['spec.tasks.*.template.spec'] }, TEMPLATE],
  CronJob: [{ podSpecs: ['spec.jobTemplate.spec.template.spec'] }],
  PodTemplate: [{ podSpecs: ['template.spec'] }],
  // OpenShift, OpenKruise, Argo Rollouts, Kubeflow notebooks, Knative.
  DeploymentConfig: [TEMPLATE],
  CloneSet: [TEMPLATE],
  Rollout: [TEMPLATE],
  Notebook: [TEMPLATE],
  Service: [{ group: 'serving.knative.dev', podSpecs: ['spec.template.spec'] }],
  Configuration: [{ group: 'serving.knative.dev', podSpecs: ['spec.template.spec'] }],
  Revision: [{ group: 'serving.knative.dev', podSpecs: ['spec'] }],
  // Ray.
  RayCluster: [{ podSpecs: under('spec', RAY_CLUSTER) }],
  RayJob: [{ podSpecs: [...under('spec.rayClusterSpec', RAY_CLUSTER), 'spec.submitterPodTemplate.spec'] }],
  RayService: [
    { podSpecs: [...under('spec.rayClusterConfig', RAY_CLUSTER), ...under('spec.rayClusterSpec', RAY_CLUSTER)] },
  ],
  RayCronJob: [{ podSpecs: under('spec.jobTemplate.rayClusterSpec', RAY_CLUSTER) }],
  // Kubeflow training.
  PyTorchJob: [REPLICAS('pytorchReplicaSpecs')],
  TFJob: [REPLICAS('tfReplicaSpecs')],
  MPIJob: [REPLICAS('mpiReplicaSpecs')],
  XGBoostJob: [REPLICAS('xgbReplicaSpecs')],
  PaddleJob: [REPLICAS('paddleReplicaSpecs')],
  MXJob: [REPLICAS('mxReplicaSpecs')],
  JAXJob: [REPLICAS('jaxReplicaSpecs')],
  TrainingRuntime: [{ podSpecs: ['spec.template.spec.replicatedJobs.*.template.spec.template.spec'] }],
  ClusterTrainingRuntime: [{ podSpecs: ['spec.template.spec.replicatedJobs.*.template.spec.template.spec'] }],
  JobSet: [{ podSpecs: ['spec.replicatedJobs.*.template.spec.template.spec'] }],
  LeaderWorkerSet: [
    { podSpecs: ['spec.leaderWorkerTemplate.leaderTemplate.spec', 'spec.leaderWorkerTemplate.workerTemplate.spec'] },
  ],
  // KServe, Seldon.
  InferenceService: [
    {
      podSpecs: ['spec.predictor', 'spec.predictor.workerSpec', 'spec.transformer', 'spec.explainer'],
      singles: PREDICTORS,
    },
  ],
  ServingRuntime: [{ podSpecs: ['spec', 'spec.workerSpec'] }],
  ClusterServingRuntime: [{ podSpecs: ['spec', 'spec.workerSpec'] }],
  LLMInferenceService: [{ podSpecs: LLM_PATHS() }],
  LLMInferenceServiceConfig: [{ podSpecs: LLM_PATHS() }],
  SeldonDeployment: [{ podSpecs: ['spec.predictors.*.componentSpecs.*.spec'] }],
  // Argo Workflows, Tekton, Spark.
  Workflow: [{ podSpecs: ['spec.templates.*'], singles: ARGO_SINGLES }],
  WorkflowTemplate: [{ podSpecs: ['spec.templates.*'], singles: ARGO_SINGLES }],
  ClusterWorkflowTemplate: [{ podSpecs: ['spec.templates.*'], singles: ARGO_SINGLES }],
  CronWorkflow: [{ podSpecs: ['spec.workflowSpec.templates.*'], singles: ARGO_SINGLES }],
  SparkApplication: [{ podSpecs: ['spec.driver.template.spec', 'spec.executor.template.spec'] }],
  ScheduledSparkApplication: [
    { podSpecs: ['spec.template.driver.template.spec', 'spec.template.executor.template.spec'] },
  ],
}

function LLM_PATHS(): string[] {
  const pods = ['template', 'worker']
  return [
    ...under('spec', pods),
    ...under('spec.prefill', pods),
    'spec.router.scheduler.template',
    'spec.tokenizer.template',
  ]
}

/** Kinds whose documents hold schemas or reports, never pods: only their head is kept. */
export const HEAD_ONLY: ReadonlySet<string> = new Set([
  'CustomResourceDefinition',
  'APIService',
  'PackageManifest',
  'ConsoleYAMLSample',
])

/** The shape of a kind; undefined where it is not known to hold pods. */
export function kindShape(objectKind: string, apiVersion: string): KindShape | undefined {
  const shapes = Object.hasOwn(KINDS, objectKind) ? KINDS[objectKind] : undefined
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  return shapes?.find(
    (shape) => shape.group === undefined || group === shape.group || group.endsWith(`.${shape.group}`),
  )
}

/** Groups that Kubernetes itself serves: their kinds are known, and those without pods have none to search for. */
export function isBuiltIn(apiVersion: string): boolean {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  return group === '' || group.endsWith('.k8s.io')
    ? !/(^|\.)x-k8s\.io$/.test(group)
    : /^(apps|batch|autoscaling|policy|extensions)$/.test(group)
}
