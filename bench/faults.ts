import { playMatrix } from '../__tests__/properties/fault-matrix/matrix.ts'
import { renderPage } from '../__tests__/properties/fault-matrix/page.ts'

/** Plays the fault matrix and prints it as the page of the docs shows it. */
export async function printFaults(): Promise<void> {
  const { undisturbed, played } = await playMatrix()
  process.stdout.write(renderPage(undisturbed, played))
}
