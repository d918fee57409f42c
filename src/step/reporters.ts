import { ENGINE_OUTPUTS } from '../engines/words.ts'
import type { Release } from '../release-state.ts'
import { renderAnnotation } from '../report/annotation.ts'
import { closingLines } from '../report/log-lines.ts'
import { deploymentOutputs, OUTPUT_NAMES, type OutputName, renderOutputs } from '../report/outputs.ts'
import { renderReport } from '../report/report-json.ts'
import type { Reporter } from '../report/reporter.ts'
import { logLine } from '../text/untrusted.ts'
import type { Log } from '../world.ts'
import type { StepFiles } from './files.ts'
import type { LaterToolkit } from './toolkit.ts'

/** The report, once the release has ended. */
export class ReportFile implements Reporter {
  readonly #files: StepFiles
  readonly #log: Log
  #isWritten = false

  constructor(files: StepFiles, log: Log) {
    this.#files = files
    this.#log = log
  }

  /** Empty while there is no report. */
  get path(): string {
    return this.#isWritten ? this.#files.reportPath : ''
  }

  finish(ended: Release): void {
    this.#isWritten = this.#files.writeReport(renderReport(ended))
    if (!this.#isWritten) this.#log.line('Warning: the report could not be written (RUNNER_TEMP).')
  }
}

const DEPLOYMENT_OUTPUTS = ['deployment-id', ...ENGINE_OUTPUTS] as const

/** The outputs: ids as soon as they exist, everything with the verdict. */
export class Outputs implements Reporter {
  readonly #toolkit: LaterToolkit
  readonly #log: Log
  readonly #report: Pick<ReportFile, 'path'>
  #hasFailed = false
  #lossExpected: Promise<unknown> | undefined

  /** @param report finishes before the outputs do */
  constructor(toolkit: LaterToolkit, log: Log, report: Pick<ReportFile, 'path'>) {
    this.#toolkit = toolkit
    this.#log = log
    this.#report = report
  }

  /**
   * Before anything is changed in AWS: puts out that nothing is known of the end, which is what later jobs see when this
   * step is killed before it can say. Resolves when it is written.
   */
  async expectLoss(): Promise<void> {
    if (this.#lossExpected === undefined) {
      this.#put('status', 'unknown')
      this.#put('rollback-status', 'unknown')
      this.#lossExpected = this.#toolkit.load()
    }
    await this.#lossExpected
  }

  update(release: Release, before: Release | undefined): void {
    const { taskDefinition, deploymentId } = release
    if (taskDefinition !== before?.taskDefinition) this.#put('task-definition-arn', taskDefinition?.arn ?? '')
    if (deploymentId === before?.deploymentId) return
    for (const name of DEPLOYMENT_OUTPUTS) this.#put(name, deploymentOutputs(release)[name])
  }

  finish(ended: Release): void {
    const outputs = renderOutputs(ended, this.#report.path)
    for (const name of OUTPUT_NAMES) this.#put(name, outputs[name])
  }

  /** An output that cannot be written decides no release. */
  #put(name: OutputName, value: string): void {
    this.#toolkit.use((core) => {
      try {
        core.setOutput(name, value)
      } catch {
        if (!this.#hasFailed) this.#log.line('Warning: outputs could not be written (GITHUB_OUTPUT).')
        this.#hasFailed = true
      }
    })
  }
}

/** The job summary, at each change: what is on disk survives a killed step. */
export class Summary implements Reporter {
  readonly #files: StepFiles
  readonly #log: Log
  readonly #render: (release: Release) => string

  /** @param render what it says; of a post step only what is new, for the page of the main step stands above it */
  constructor(files: StepFiles, log: Log, render: (release: Release) => string) {
    this.#files = files
    this.#log = log
    this.#render = render
  }

  update(release: Release, before: Release | undefined): void {
    const { timeline, deploymentId, waits, status } = release
    const isSame = before?.timeline === timeline && before.deploymentId === deploymentId && before.waits === waits
    if (!isSame || status !== undefined) this.#files.writeSummary(this.#render(release))
  }

  finish(ended: Release): void {
    const isWritten = this.#files.writeSummary(this.#render(ended))
    if (!isWritten) this.#log.line('Warning: the job summary could not be written (GITHUB_STEP_SUMMARY).')
  }
}

/** The last lines of the log; those before are printed as things happen. */
export class ClosingLines implements Reporter {
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  finish(ended: Release): void {
    for (const line of closingLines(ended)) this.#log.line(line)
  }
}

/** The annotation of a step that fails, and the exit code with it; of one that ended with less than it should, a warning. */
export class Annotation implements Reporter {
  readonly #toolkit: LaterToolkit

  constructor(toolkit: LaterToolkit) {
    this.#toolkit = toolkit
  }

  finish(ended: Release): void {
    const annotation = renderAnnotation(ended)
    if (annotation === undefined) return
    const { level, title, message } = annotation
    annotate(this.#toolkit, title, message, level)
    if (level === 'error') process.exitCode = 1
  }
}

export function annotate(
  toolkit: LaterToolkit,
  title: string,
  message: string,
  level: 'error' | 'warning' = 'error',
): void {
  toolkit.use((core) => core[level](logLine(message), { title: logLine(title) }))
}
