import { customerToken, jwt, keepEvents, loadBundle } from '../page.ts';

keepEvents();
loadBundle();

const dashboard = document.createElement('explo-dashboard');
if (jwt) dashboard.setAttribute('dash-jwt', jwt);
if (customerToken) dashboard.setAttribute('dash-customer-token', customerToken);
dashboard.setAttribute('environment', 'production');
dashboard.setAttribute('updateUrlParams', 'true');
dashboard.setAttribute('isProduction', 'true');
dashboard.setAttribute('refresh-minutes', '10');
dashboard.setAttribute('variables', '{"origin": ["JFK"]}');
document.getElementById('root')?.append(dashboard);
