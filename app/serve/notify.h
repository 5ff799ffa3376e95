/* What systemd wants to hear (sd_notify(3)). Without NOTIFY_SOCKET in the environment nothing happens. */
#ifndef LATCHKEY_NOTIFY_H
#define LATCHKEY_NOTIFY_H

void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);
void notify_alive(void);          /* for WatchdogSec= */

#endif
