import { createElement, type ReactElement } from 'react'
import type { Shape } from '../shared/drawing.ts'
import { fog, type IllustrationName, illustrations } from '../shared/illustrations.ts'
import { type FlagName, signalFlags } from '../shared/signal-flags.ts'

function draw(shapes: readonly Shape[]): ReactElement[] {
  return shapes.map(([tag, { class: className, ...attributes }, ...children], index) =>
    createElement(tag, { key: index, className, ...attributes }, ...draw(children)),
  )
}

/** The harbour as it looks at the moment. Its caption says the same in words, so it is silent itself. */
export function Scene({ name, isFoggy }: { readonly name: IllustrationName; readonly isFoggy: boolean }) {
  return (
    <svg key={name} className="scene" viewBox="0 0 720 420" aria-hidden="true" data-scene={name}>
      {draw(illustrations[name])}
      {isFoggy && name !== 'locked' && draw(fog)}
    </svg>
  )
}

export function Flag({ name }: { readonly name: FlagName }) {
  return (
    <svg className="flag" viewBox="0 0 60 48" aria-hidden="true">
      {draw(signalFlags[name])}
    </svg>
  )
}
