/** `/bundle.js`: a classic script that finds its server and defines the elements. */

import { defineElements } from './define.ts';
import { ownScript, setServer } from './server.ts';

const script = ownScript();
if (script) setServer(script);
defineElements();
