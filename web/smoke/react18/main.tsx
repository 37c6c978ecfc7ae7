import { type DetailedHTMLProps, type HTMLAttributes, useState } from 'react';
import { createRoot } from 'react-dom/client';

import { customerToken, jwt, keepEvents, loadBundle } from '../page.ts';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'explo-dashboard': DetailedHTMLProps<HTMLAttributes<HTMLElement>, HTMLElement> &
        Record<string, unknown>;
    }
  }
}

function Page() {
  const [origin, setOrigin] = useState('JFK');
  return (
    <>
      <button type="button" onClick={() => setOrigin('LGA')}>
        LGA
      </button>
      <explo-dashboard
        dash-jwt={jwt || undefined}
        dash-customer-token={customerToken || undefined}
        environment="production"
        updateUrlParams={false}
        isProduction={true}
        refresh-minutes={10}
        variables={JSON.stringify({ origin: [origin] })}
      />
    </>
  );
}

keepEvents();
loadBundle();
const root = document.getElementById('root');
if (root) createRoot(root).render(<Page />);
