import { inSentence } from '../text/untrusted.ts'
import type { Fields } from './fields.ts'

/** Parses `codedeploy-appspec`: a path, the AppSpec itself with the indentation of its first line, or `none`. */
export function appSpecOf(fields: Fields): string | undefined {
  const given = fields.text('codedeploy-appspec')
  if (given === undefined) return undefined
  if (isAppSpecText(given)) {
    return fields
      .verbatim('codedeploy-appspec')
      .replace(/^(?:[^\S\n]*\n)+/, '')
      .trimEnd()
  }
  if (!/^(?:s3:|arn:[\w-]+:s3:)/i.test(given)) return given
  const why = 'could not have its task definition replaced'
  const advice = `Fetch it in a step before ('aws s3 cp s3://BUCKET/KEY appspec.yaml') and give its path, or give its text.`
  fields.wrong('codedeploy-appspec', `names '${inSentence(given, 200)}', but an AppSpec in S3 ${why}. ${advice}`)
  // The file of the workspace is not what is meant.
  return 'none'
}

/** Whether it is an AppSpec and no path: one has several lines, or is JSON. */
export function isAppSpecText(given: string): boolean {
  return given.includes('\n') || given.startsWith('{')
}
