/** The calendar, loaded when the first date range opens. The build gives its tags our own names. */

import 'cally';
