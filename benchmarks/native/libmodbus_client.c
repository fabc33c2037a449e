/* CPU of reads by libmodbus: prints microseconds per transaction, one line per line of stdin. */
#include <modbus/modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double cpu_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int count = atoi(argv[2]), reads = atoi(argv[3]);
  uint16_t registers[125];
  char line[16];
  modbus_t *bus = modbus_new_tcp("127.0.0.1", atoi(argv[1]));
  if (bus == NULL || modbus_connect(bus)) return 1;
  modbus_set_slave(bus, 1);
  while (fgets(line, sizeof line, stdin) != NULL) {
    double begin_us = cpu_us();
    for (int n = 0; n < reads; n++)
      if (modbus_read_registers(bus, 0, count, registers) != count) return 1;
    printf("%.3f\n", (cpu_us() - begin_us) / reads);
    fflush(stdout);
  }
  modbus_close(bus);
  modbus_free(bus);
}
