/** The image that a service runs: built from a Dockerfile of the target, or one that is known by its name. */
import type { FactId, View } from '../../core/fact.ts'
import type { BuildReference, Settings } from '../../core/facts/workload.ts'
import type { Place } from '../../core/place.ts'
import { effectiveImage, type ImageSettings, settingsOfImage } from '../dockerfile/effective-image.ts'

export interface ServiceImage {
  /** Its settings, or why they are not known. */
  readonly settings: ImageSettings | string
  /** The workload that stands for the built image, where the service builds what that Dockerfile ships. */
  readonly builtFrom?: FactId
}

/** `at`: the service, for what is known by the image's name only. */
export function imageOf(own: Settings, view: View, target: string, at: Place): ServiceImage {
  if (own.build.is === 'set') return builtImage(own.build.value, view, target)
  if (own.build.is === 'unknown') return { settings: own.build.why }
  if (own.image.is === 'set') return { settings: settingsOfImage(own.image.value, own.image.by.at ?? at) }
  return { settings: own.image.is === 'unknown' ? own.image.why : 'its image is not known' }
}

function builtImage(build: BuildReference, view: View, target: string): ServiceImage {
  if (build.context === null) return { settings: 'it is built from a remote context, which was not read' }
  if (build.inline === true)
    return { settings: 'it is built from a Dockerfile inside the Compose file, which was not read' }
  const dockerfile = view.at('dockerfile', target, build.dockerfile)[0]
  if (dockerfile === undefined)
    return { settings: `"${build.dockerfile}", from which it is built, was not found or could not be read` }
  const image = effectiveImage(dockerfile, {
    ...(build.target === undefined ? {} : { target: build.target }),
    args: build.args,
  })
  const stage = image.stage
  const built = view
    .at('workload', target, build.dockerfile)
    .find(
      (workload) =>
        workload.dialect === 'dockerfile' &&
        stage !== undefined &&
        workload.name === (stage.name ?? String(stage.index)),
    )
  return { settings: image.settings, ...(built === undefined ? {} : { builtFrom: built.id }) }
}
