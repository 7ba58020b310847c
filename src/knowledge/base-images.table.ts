/**
 * Well-known base images and the user they start as.
 *
 * Rows that are neither `verified` nor `settled` are common knowledge of the image and count with less confidence. A
 * row whose user is null says that the user is known not to be the same for every version.
 */

import { APPLICATION_IMAGES } from './base-images.applications.ts'
import { PLATFORM_IMAGES } from './base-images.platforms.ts'
import type { BaseImageRow } from './base-images.rows.ts'

export const BASE_IMAGES: readonly BaseImageRow[] = [...PLATFORM_IMAGES, ...APPLICATION_IMAGES]
