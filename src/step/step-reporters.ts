import { renderAfterword } from '../report/afterword.ts'
import { Reporters } from '../report/reporter.ts'
import { renderSummary } from '../report/summary.ts'
import type { Log } from '../world.ts'
import type { StepFiles } from './files.ts'
import { Annotation, ClosingLines, Outputs, ReportFile, Summary } from './reporters.ts'
import type { LaterToolkit } from './toolkit.ts'

/** Where the main step reports; what tells GitHub is added once it is known. */
export class MainStepReporters extends Reporters {
  readonly #outputs: Outputs

  constructor(toolkit: LaterToolkit, files: StepFiles, log: Log) {
    const report = new ReportFile(files, log)
    const outputs = new Outputs(toolkit, log, report)
    super([report, outputs, new Summary(files, log, renderSummary), new ClosingLines(log), new Annotation(toolkit)])
    this.#outputs = outputs
  }

  /** Before anything is changed in AWS. Resolves when the outputs say that nothing is known of the end. */
  async expectLoss(): Promise<void> {
    await this.#outputs.expectLoss()
  }
}

/**
 * Where the post step reports, which fails no job. It has no outputs: the runner drops them.
 * Source: actions/runner, ExecutionContext.CreatePostChild.
 */
export function postStepReporters(files: StepFiles, log: Log): Reporters {
  return new Reporters([new ReportFile(files, log), new Summary(files, log, renderAfterword), new ClosingLines(log)])
}
