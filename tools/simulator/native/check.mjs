// biome-ignore-all lint/suspicious/noConsole: the console is a Lambda function's log

/** The function of the demo account: asks the replacement through the test listener, and answers by return value. */
export const handler = async ({ lifecycleStage }) => {
  const url = process.env['TEST_LISTENER_URL']
  const response = await fetch(url)
  const passes = response.status === 200
  const { taskDefinition = 'something' } = passes ? await response.json() : {}
  console.log(
    passes
      ? `${lifecycleStage}: the test listener answered 200 from ${taskDefinition}.`
      : `${lifecycleStage}: the test listener answered ${response.status}; expected 200.`,
  )
  return { hookStatus: passes ? 'SUCCEEDED' : 'FAILED' }
}
