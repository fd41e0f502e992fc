import { render } from 'preact'
import { App } from './app.tsx'
import { startLive } from './state/live.ts'
import { startNavigation } from './state/navigation.ts'
import { applyPreferences } from './state/preferences.ts'

applyPreferences()
startNavigation()
const page = document.querySelector('#page')
if (page !== null) render(<App />, page)
startLive()
