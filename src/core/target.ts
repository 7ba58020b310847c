/** A target is what the user names; it has layers, and a layer has files. */
import type { TargetKind } from './report.ts'

export interface Target {
  readonly id: string
  readonly kind: TargetKind
  /** As the user named it. */
  readonly name: string
  /**
   * True for the user's own project: only there do ignores and configuration count. What a target says about itself
   * never acquits it.
   */
  readonly own: boolean
  readonly layers: readonly Layer[]
  close?(): Promise<void>
}

export interface Layer {
  /** Diff-id for an image's layer; undefined for a directory's single one. */
  readonly id?: string
  /** Cache identity, where a cached result may be used (see DESIGN: verified diff-id or file identity). */
  readonly cacheKey?: string
  /** Calls `visitor` for each regular file once, in any order. Never follows a link out of the target. */
  walk(visitor: LayerVisitor): Promise<void>
  /**
   * One file by its path, for what another file refers to: `outside` where the path (or a link in it) leaves the
   * target, undefined where there is none.
   */
  find(path: string): LayerFile | 'outside' | undefined
  /** Reads a file again (for excerpts and edits); undefined where it is gone or too large. */
  read(path: string, limit: number): Promise<Uint8Array | undefined>
}

export interface LayerVisitor {
  /** Asked first, synchronously and cheaply: is the file wanted at all? */
  wants(path: string, name: string): boolean
  visit(file: LayerFile): Promise<void> | void
  /** Left out, with the reason. */
  skipped(code: string, what: string, why: string, required?: boolean): void
  /** True once a limit (files, time) ends the walk. */
  stop(): boolean
}

export interface LayerFile {
  readonly path: string
  readonly name: string
  readonly size: number
  readonly mode: number
  /** True where the user named this very file as the target. */
  readonly named: boolean
  /** The first bytes, at most `length`. */
  head(length: number): Uint8Array
  /** All bytes; throws where the file cannot be read. */
  bytes(): Uint8Array
  chunks(): AsyncIterable<Uint8Array>
}
