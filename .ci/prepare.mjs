// `npm run prepare`, which npm ci runs as well: builds what `npm start` runs. With --omit=dev there is nothing to
// build with, and what is built already stays as it is.
import { execSync } from 'node:child_process'
import { existsSync } from 'node:fs'

if (['typescript', 'vite'].every((name) => existsSync(`node_modules/${name}`))) {
  execSync('npm run build', { stdio: 'inherit' })
} else if (!existsSync('dist/cli.js')) {
  console.log(
    'Not built, as that takes the development packages: npm ci, then npm prune --omit=dev',
  )
}
