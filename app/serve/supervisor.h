/* The process that starts and watches all others, and never answers a request itself. */
#ifndef LATCHKEY_SUPERVISOR_H
#define LATCHKEY_SUPERVISOR_H

/* Runs until SIGTERM or SIGINT has drained the workers; SIGHUP lets a new generation follow. `config_file` may be NULL
   (options.h). Returns the exit code of the program: 0, 1 (set up wrongly), 3. Everything is said in the log. */
int supervisor_run(const char *config_file);

#endif
