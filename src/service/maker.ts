import type { DeploymentInfo } from '@aws-sdk/client-codedeploy'
import { type Marker, parseMarker } from '../workflow-run/marker.ts'

/** The deployment that made what serves, as far as it is told. */
export interface Maker {
  /** The run that made it; undefined when it names none. */
  marker: Marker | undefined
  /** It is over, and went well. */
  hasSucceeded: boolean
  /** Milliseconds since 1970. */
  createdAtMs: number | undefined
  /** Of its AppSpec, where there is one. */
  appSpecSha256: string | undefined
  /** The application and the deployment group that it was made in, where there are such. */
  group: { application: string; deploymentGroup: string } | undefined
}

/** What a deployment of CodeDeploy tells of itself. */
export function makerOf(info: DeploymentInfo): Maker {
  const { applicationName: application, deploymentGroupName: deploymentGroup } = info
  const isNamed = application !== undefined && deploymentGroup !== undefined
  return {
    marker: parseMarker(info.description),
    hasSucceeded: info.status === 'Succeeded',
    createdAtMs: info.createTime?.getTime(),
    appSpecSha256: info.revision?.appSpecContent?.sha256,
    group: isNamed ? { application, deploymentGroup } : undefined,
  }
}
