import { inSentence } from '../text/untrusted.ts'
import { type Fields, URL_FORM } from './fields.ts'
import type { Operation } from './operation.ts'

/** A lane as the user names it: a service made for previews, and where people open it. */
export interface PreviewService {
  /** Name or ARN. */
  service: string
  url: string
}

/** More lanes than anybody has; a wrong file pasted into the input would ask AWS for thousands. */
const MAX_LANES = 100

/** Parses `preview-services`: lines `service=url`. Only the first `=` splits. */
function parsePreviewServices(fields: Fields): PreviewService[] {
  const lanes = fields.lines('preview-services').map((line): PreviewService => {
    const split = line.indexOf('=')
    if (split < 0) return { service: line, url: '' }
    return { service: line.slice(0, split).trim(), url: line.slice(split + 1).trim() }
  })
  if (lanes.length > MAX_LANES) {
    fields.wrong('preview-services', `takes at most ${MAX_LANES} lines; got ${lanes.length}.`)
    return []
  }
  for (const { service, url } of lanes) {
    if (service === '' || !URL_FORM.test(url)) {
      fields.wrong(
        'preview-services',
        `must have lines 'service=url' such as 'web-preview-1=https://p1.example.org'; got '${inSentence(`${service}=${url}`, 200)}'.`,
      )
    }
  }
  const names = lanes.map(({ service }) => service)
  const doubled = names.find((name, index) => names.indexOf(name) !== index)
  if (doubled !== undefined) {
    fields.wrong('preview-services', `names the service '${inSentence(doubled, 100)}' more than once.`)
  }
  return lanes
}

/** The input `service`, which a preview chooses itself. */
export function serviceOf(fields: Fields, operation: Operation): string | undefined {
  const given = fields.text('service')
  if (operation !== 'preview') {
    if (given === undefined) fields.wrong('service', 'is required: the name or ARN of the ECS service to release.')
    return given
  }
  for (const name of ['service', 'codedeploy-deployment-group', 'test-url'] as const) {
    if (fields.text(name) !== undefined) fields.wrong(name, BY_LANE)
  }
  return undefined
}

/** Why an input that names one service does not go with many lanes. */
const BY_LANE = `does not apply to 'operation: preview', which finds it out for the lane it takes from 'preview-services'.`
const HOUR_MS = 3_600_000

/** Inputs that only previews take. */
export interface PreviewInputs {
  /** The lanes that previews of pull requests run on. */
  previewServices: PreviewService[]
  /** After this long without a release a lane may go to another pull request. In milliseconds. */
  previewIdleMs: number
  /** Whether a pull request for which no lane is free goes without a preview, or fails the step. */
  onNoLane: 'skip' | 'fail'
}

/** Parses the inputs that only previews take. */
export function previewsOf(fields: Fields, operation: Operation): PreviewInputs {
  const previewServices = parsePreviewServices(fields)
  const onNoLane = fields.choice('on-no-lane', ['skip', 'fail']) ?? 'skip'
  const hours = fields.wholeNumber('preview-hours', 1, 8_760) ?? 72
  if (operation === 'preview' && fields.text('preview-services') === undefined) {
    fields.wrong('preview-services', `is required for 'operation: preview': lines 'service=url', one for each lane.`)
  }
  if (operation !== 'preview' && previewServices.length > 0) {
    fields.wrong('preview-services', `applies to 'operation: preview' only.`)
  }
  return { previewServices, previewIdleMs: hours * HOUR_MS, onNoLane }
}
