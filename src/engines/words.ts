import { CODE_DEPLOY_OUTPUTS, CODE_DEPLOY_WORDS } from '../code-deploy/words.ts'
import { ECS_WORDS } from '../ecs-native/words.ts'
import type { EngineWords } from '../lifecycle/engine-words.ts'
import type { Controller } from '../service/service.ts'

export type { EngineWords } from '../lifecycle/engine-words.ts'

const WORDS: Record<Controller, EngineWords> = { CODE_DEPLOY: CODE_DEPLOY_WORDS, ECS: ECS_WORDS }

/** The words for deployments of a service with this controller. @param controller undefined while it is not known */
export function wordsOf(controller: Controller | undefined): EngineWords {
  return WORDS[controller ?? 'CODE_DEPLOY']
}

/** Outputs that only deployments of one engine have. */
export const ENGINE_OUTPUTS = CODE_DEPLOY_OUTPUTS
