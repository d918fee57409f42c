import { data, Evaluator, Lexer, Parser, wellKnownFunctions } from '@actions/expressions'

/** Values of contexts by name, e.g. `inputs`, as plain data. */
export type Contexts = Record<string, unknown>

/** What GitHub makes of an expression in a run that nobody cancelled. */
export function evaluate(expression: string, contexts: Contexts): string {
  const { tokens } = new Lexer(expression.replaceAll('always()', 'true').replaceAll('cancelled()', 'false')).lex()
  const parsed = new Parser(tokens, Object.keys(contexts), Object.values(wellKnownFunctions)).parse()
  const dictionary = JSON.parse(JSON.stringify(contexts), data.reviver)
  return new Evaluator(parsed, dictionary).evaluate().coerceString()
}

/** A text with every expression in it replaced. */
export function fill(text: unknown, contexts: Contexts): string {
  return String(text).replace(/\$\{\{(.*?)\}\}/gs, (_, expression) => evaluate(expression, contexts))
}

/** Every value of a mapping filled. */
export function fillAll<T>(texts: Record<string, T> | undefined, contexts: Contexts): Record<string, string> {
  return Object.fromEntries(Object.entries(texts ?? {}).map(([name, text]) => [name, fill(text, contexts)]))
}

/** Whether an `if:`, with or without its braces, lets a job or step run. */
export function holds(condition: string | undefined, contexts: Contexts): boolean {
  const bare = condition?.replace(/^\$\{\{(.*)\}\}$/s, '$1') ?? 'true'
  return evaluate(`!!(${bare})`, contexts) === 'true'
}
