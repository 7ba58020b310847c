import { defineResolver } from '../../core/analyzer.ts'
import { openSettings } from '../open-settings.ts'
import { effectiveImage } from './effective-image.ts'

/** One workload per Dockerfile: the container that its shipped stage would be, nothing said about how it is run. */
export default defineResolver({
  id: 'dockerfile-workloads',
  reads: ['dockerfile'],
  emits: ['workload'],
  resolve(view, emit, options) {
    for (const dockerfile of view.all('dockerfile')) {
      // A stage that this Dockerfile does not have was meant for another.
      const wanted = options.stage?.toLowerCase()
      const target = dockerfile.stages.some((stage) => stage.name === wanted) ? wanted : undefined
      const { settings, stage } = effectiveImage(dockerfile, target === undefined ? {} : { target })
      if (stage === undefined) continue
      const name = stage.name ?? String(stage.index)
      const { path } = dockerfile
      emit.fact(
        {
          kind: 'workload',
          subject: `${path}#${name}`,
          confidence: dockerfile.foreignFrontend === undefined ? dockerfile.confidence : 'low',
          phase: 'built',
          dialect: 'dockerfile',
          path,
          name,
          label: 'the image',
          part: 'main',
          settings: { ...openSettings(), ...settings },
        },
        { target: dockerfile.target, ...(dockerfile.layer === undefined ? {} : { layer: dockerfile.layer }) },
      )
    }
  },
})
