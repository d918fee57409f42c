/** What is known of a deployment in a list. */
interface Dated {
  /** Milliseconds since 1970. */
  createdAtMs: number
}

/** How many deployments are read when the list is in no order, which nobody has observed. */
const MAX_READ = 1_000

/** So many at a time: whoever goes back is in a hurry, and AWS limits requests. */
const AT_ONCE = 8

/**
 * The newest deployments of a list, newest first. In which order CodeDeploy lists them is not documented (observed:
 * newest first), so it is looked at: only the newer end is read where that is in order, and the other end is older; else
 * all are.
 * @param most how many are wanted
 * @throws whatever `read` throws
 */
export async function newestOf<Told extends Dated>(
  ids: readonly string[],
  most: number,
  read: (id: string) => Promise<Told>,
): Promise<Told[]> {
  const known = new Map<string, Promise<Told>>()
  const readOnce = (id: string) => {
    const told = known.get(id) ?? read(id)
    known.set(id, told)
    return told
  }
  const [first, last] = [ids[0], ids.at(-1)]
  if (ids.length > most && first !== undefined && last !== undefined) {
    const ends = await Promise.all([readOnce(first), readOnce(last)])
    const isNewestFirst = ends[0].createdAtMs >= ends[1].createdAtMs
    const newer = await someAtOnce(isNewestFirst ? ids.slice(0, most) : ids.slice(-most).reverse(), readOnce)
    if (isDescending([...newer, ends[isNewestFirst ? 1 : 0]])) return newer
  }
  const all = await someAtOnce(ids.slice(0, MAX_READ), readOnce)
  return all.sort((one, other) => other.createdAtMs - one.createdAtMs).slice(0, most)
}

/** Asks of each, a few at a time. @returns the answers in the order of the questions */
export async function someAtOnce<Question, Answer>(
  questions: readonly Question[],
  ask: (question: Question) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let from = 0; from < questions.length; from += AT_ONCE) {
    answers.push(...(await Promise.all(questions.slice(from, from + AT_ONCE).map(ask))))
  }
  return answers
}

function isDescending(deployments: readonly Dated[]): boolean {
  return deployments.every(
    ({ createdAtMs }, index) => createdAtMs <= (deployments[index - 1]?.createdAtMs ?? createdAtMs),
  )
}
