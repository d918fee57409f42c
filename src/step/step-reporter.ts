import type { Release } from '../release-state.ts'
import { renderAnnotation } from '../report/annotation.ts'
import { closingLines } from '../report/log-lines.ts'
import { OUTPUT_NAMES, type OutputName, renderOutputs } from '../report/outputs.ts'
import { renderReport } from '../report/report-json.ts'
import { renderSummary } from '../report/summary.ts'
import { logLine } from '../text/untrusted.ts'
import type { Log } from '../world.ts'
import type { StepFiles } from './files.ts'
import type { GithubNews } from './github-news.ts'
import type { LaterToolkit } from './toolkit.ts'

/** Tells a release to the runner: outputs, summary, report, annotation, exit code; and on GitHub beside the run. */
export class StepReporter {
  readonly #toolkit: LaterToolkit
  readonly #files: StepFiles
  readonly #log: Log
  #told: Release | undefined
  /** The runner drops what a post step puts out. Source: actions/runner, ExecutionContext.CreatePostChild. */
  readonly #hasOutputs: boolean
  #outputsFailed = false
  #lossExpected: Promise<unknown> | undefined
  #news: GithubNews | undefined

  constructor(toolkit: LaterToolkit, files: StepFiles, log: Log, step: 'main' | 'post') {
    this.#toolkit = toolkit
    this.#files = files
    this.#log = log
    this.#hasOutputs = step === 'main'
  }

  /** The release as it was last told. */
  get reported(): Release | undefined {
    return this.#told
  }

  /** From now on the release is told there too. */
  alsoReport(news: GithubNews): void {
    this.#news = news
  }

  /**
   * What is still under way to GitHub, up to the last moment that there is.
   * @returns whether it has arrived
   */
  async flush(lastMoment: Promise<void>): Promise<boolean> {
    if (this.#news === undefined || this.#told === undefined) return true
    return await this.#news.flush(this.#told, lastMoment)
  }

  /**
   * Before anything is changed in AWS: puts out that nothing is known of the end, which is what later jobs see when this
   * step is killed before it can tell. Resolves when it is written.
   */
  async expectLoss(): Promise<void> {
    if (this.#lossExpected === undefined) {
      this.#output('status', 'unknown')
      this.#output('rollback-status', 'unknown')
      this.#lossExpected = this.#toolkit.load()
    }
    await this.#lossExpected
  }

  /** What is on disk survives a killed step: the summary at each change, the ids as soon as they exist. */
  update(release: Release): void {
    const before = this.#told
    this.#told = release
    const { taskDefinition, deploymentId } = release
    if (taskDefinition !== before?.taskDefinition) this.#output('task-definition-arn', taskDefinition?.arn ?? '')
    if (deploymentId !== before?.deploymentId) this.#output('codedeploy-deployment-id', deploymentId ?? '')
    const isTold =
      before?.timeline === release.timeline && before.deploymentId === deploymentId && before.waits === release.waits
    if (!isTold || release.status !== undefined) this.#files.writeSummary(renderSummary(release))
    this.#news?.update(release)
  }

  /** The end: the verdict in every place, and the exit code with it. */
  finish(ended: Release): void {
    this.reportVerdict(ended)
    const annotation = renderAnnotation(ended)
    if (annotation === undefined) return
    this.annotate(annotation.title, annotation.message)
    process.exitCode = 1
  }

  /** Outputs, report, summary and the last lines of the log. */
  reportVerdict(ended: Release): void {
    this.#told = ended
    const hasReport = this.#files.writeReport(renderReport(ended))
    const outputs = renderOutputs(ended, hasReport ? this.#files.reportPath : '')
    for (const name of OUTPUT_NAMES) this.#output(name, outputs[name])
    const hasSummary = this.#files.writeSummary(renderSummary(ended))
    if (!hasReport) this.#log.line('Warning: the report could not be written (RUNNER_TEMP).')
    if (!hasSummary) this.#log.line('Warning: the job summary could not be written (GITHUB_STEP_SUMMARY).')
    for (const line of closingLines(ended)) this.#log.line(line)
  }

  annotate(title: string, message: string): void {
    this.#toolkit.use((core) => core.error(logLine(message), { title: logLine(title) }))
  }

  /** An output that cannot be written decides no release. */
  #output(name: OutputName, value: string): void {
    if (!this.#hasOutputs) return
    this.#toolkit.use((core) => {
      try {
        core.setOutput(name, value)
      } catch {
        if (!this.#outputsFailed) this.#log.line('Warning: outputs could not be written (GITHUB_OUTPUT).')
        this.#outputsFailed = true
      }
    })
  }
}
