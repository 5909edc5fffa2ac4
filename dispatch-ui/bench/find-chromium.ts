/** The system's Chromium, by the path. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export function findChromium(path: string): string {
  for (const folder of path.split(delimiter))
    for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
      const file = join(folder, name)
      try {
        accessSync(file, constants.X_OK)
        return file
      } catch {
        // Not in this folder; the next one may have it.
      }
    }
  throw new Error('Chromium is not installed: the bench and the browser tests need it (apt install chromium)')
}
