import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'

const SRC = join(import.meta.dirname, '..', 'src')

/** What is the same for every engine, so that its words come from `src/engines/`. */
const NEUTRAL = ['follow', 'operations', 'report']

const WORD =
  /codedeploy|code-deploy|AllowTraffic|AllowTestTraffic|\bInstall\b|AfterInstall|BeforeInstall|CreateDeployment|_TRAFFIC_SHIFT|SCALE_UP|BAKE_TIME|ServiceDeployment|ecs-native|EcsStage|deployment group/i

/** In a text, that is how CodeDeploy calls its wait; in a comment, what every wait for somebody is called. */
const READY = /\bReady\b/

const LINES = NEUTRAL.flatMap((folder) =>
  readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) =>
      readFileSync(join(SRC, folder, name), 'utf8')
        .split('\n')
        .map((line) => `src/${folder}/${name}: ${line.trim()}`),
    ),
)

test('what follows, reports and operates knows no word of one engine', () => {
  expect(LINES.length).toBeGreaterThan(3_000)
  expect(LINES.filter((line) => WORD.test(line))).toEqual([])
})

test('no text of it says how CodeDeploy calls its wait', () => {
  const texts = LINES.filter((line) => !/: (?:\/\*\*|\*|\/\/)/.test(line))
  expect(texts.filter((line) => READY.test(line))).toEqual([])
})
