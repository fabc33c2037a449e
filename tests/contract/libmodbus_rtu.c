/* Modbus RTU on libmodbus, on either end of a serial line.
 *
 * serve UNIT: makes a pseudo terminal, prints its path, and answers as UNIT until its standard
 *   input is closed. Holding and input registers 100 to 399: 7 * address + 1, and 65535 - address;
 *   coils 0 to 99: address % 3 == 0. Holding registers 401 to 411 answer with exceptions 1 to 11.
 * read PATH: opens a port and reads for each line "UNIT FUNCTION ADDRESS COUNT" of its standard
 *   input, printing the registers of functions 3 and 4, or "error" and libmodbus' word for it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <modbus.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { BITS = 100, FIRST = 100, REGISTERS = 300, REFUSED = 400, LAST_CODE = 11, BAUD = 19200 };

static int failed(const char *what) {
    fprintf(stderr, "%s: %s\n", what, modbus_strerror(errno));
    return 1;
}

static modbus_mapping_t *contents(void) {
    modbus_mapping_t *map =
        modbus_mapping_new_start_address(0, BITS, 0, BITS, FIRST, REGISTERS, FIRST, REGISTERS);
    for (int address = 0; map != NULL && address < BITS; address++) {
        map->tab_bits[address] = address % 3 == 0;
    }
    for (int n = 0; map != NULL && n < REGISTERS; n++) {
        map->tab_registers[n] = (uint16_t)(7 * (FIRST + n) + 1);
        map->tab_input_registers[n] = (uint16_t)(65535 - (FIRST + n));
    }
    return map;
}

static void answer(modbus_t *ctx, const uint8_t *query, int length, modbus_mapping_t *map) {
    int header = modbus_get_header_length(ctx);
    int address = query[header + 1] << 8 | query[header + 2];
    if (query[header] == 3 && address > REFUSED && address <= REFUSED + LAST_CODE) {
        modbus_reply_exception(ctx, query, (unsigned)(address - REFUSED));
    } else {
        modbus_reply(ctx, query, length, map);
    }
}

static int raw_terminal(void) {
    int file = posix_openpt(O_RDWR | O_NOCTTY);
    if (file < 0 || grantpt(file) != 0 || unlockpt(file) != 0) {
        return -1;
    }
    int other = open(ptsname(file), O_RDWR | O_NOCTTY); /* kept, so that masters may come and go */
    struct termios form;
    if (other < 0 || tcgetattr(other, &form) != 0) {
        return -1;
    }
    cfmakeraw(&form);
    return tcsetattr(other, TCSANOW, &form) == 0 ? file : -1;
}

static int serve(int unit) {
    modbus_t *ctx = modbus_new_rtu("/dev/ptmx", BAUD, 'N', 8, 1);
    modbus_mapping_t *map = contents();
    int file = raw_terminal();
    if (ctx == NULL || map == NULL || file < 0 || modbus_set_slave(ctx, unit) != 0) {
        return failed("cannot serve");
    }
    modbus_set_socket(ctx, file);
    printf("%s\n", ptsname(file));
    fflush(stdout);
    uint8_t query[MODBUS_RTU_MAX_ADU_LENGTH];
    struct pollfd ends[2] = {{.fd = file, .events = POLLIN},
                             {.fd = STDIN_FILENO, .events = POLLIN}};
    while (poll(ends, 2, -1) > 0 && !ends[1].revents) {
        int length = modbus_receive(ctx, query);
        if (length > 0) {
            answer(ctx, query, length, map);
        }
    }
    modbus_mapping_free(map);
    modbus_free(ctx);
    return 0;
}

static void tell(modbus_t *ctx, int function, int address, int count) {
    uint16_t words[MODBUS_MAX_READ_REGISTERS];
    int found = function == 3 ? modbus_read_registers(ctx, address, count, words)
                              : modbus_read_input_registers(ctx, address, count, words);
    if (found < 0) {
        printf("error %s\n", modbus_strerror(errno));
    }
    for (int n = 0; n < found; n++) {
        printf(n + 1 < found ? "%u " : "%u\n", words[n]);
    }
    fflush(stdout);
}

static int read_as_told(const char *path) {
    modbus_t *ctx = modbus_new_rtu(path, BAUD, 'N', 8, 1);
    int unit, function, address, count;
    if (ctx == NULL || modbus_connect(ctx) != 0) {
        return failed(path);
    }
    modbus_set_response_timeout(ctx, 2, 0);
    while (scanf("%d %d %d %d", &unit, &function, &address, &count) == 4) {
        modbus_set_slave(ctx, unit);
        tell(ctx, function, address, count);
    }
    modbus_close(ctx);
    modbus_free(ctx);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "serve") == 0) {
        return serve(atoi(argv[2]));
    }
    if (argc == 3 && strcmp(argv[1], "read") == 0) {
        return read_as_told(argv[2]);
    }
    return failed("serve UNIT | read PATH");
}
