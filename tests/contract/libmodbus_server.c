/* A Modbus TCP server on libmodbus with known contents, for one client after the other.
 *
 * Coils and discrete inputs: address % 3 == 0, and address % 5 == 0; 0 to 2999.
 * Holding and input registers: 7 * address + 1, and 65535 - address; 100 to 399.
 * Holding registers 400 to 411 answer with the exception code (address - 400), if it is one.
 * Prints its port, then serves until its standard input is closed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <modbus.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

enum { BITS = 3000, FIRST = 100, REGISTERS = 300, REFUSED = 400, LAST_CODE = 11 };

static modbus_mapping_t *contents(void) {
    modbus_mapping_t *map =
        modbus_mapping_new_start_address(0, BITS, 0, BITS, FIRST, REGISTERS, FIRST, REGISTERS);
    for (int address = 0; map != NULL && address < BITS; address++) {
        map->tab_bits[address] = address % 3 == 0;
        map->tab_input_bits[address] = address % 5 == 0;
    }
    for (int n = 0; map != NULL && n < REGISTERS; n++) {
        map->tab_registers[n] = (uint16_t)(7 * (FIRST + n) + 1);
        map->tab_input_registers[n] = (uint16_t)(65535 - (FIRST + n));
    }
    return map;
}

static void answer(modbus_t *ctx, const uint8_t *query, int length, modbus_mapping_t *map) {
    int header = modbus_get_header_length(ctx);
    int function = query[header];
    int address = query[header + 1] << 8 | query[header + 2];
    if (function == 3 && address > REFUSED && address <= REFUSED + LAST_CODE) {
        modbus_reply_exception(ctx, query, (unsigned)(address - REFUSED));
    } else {
        modbus_reply(ctx, query, length, map);
    }
}

static void serve(modbus_t *ctx, modbus_mapping_t *map) {
    uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
    struct pollfd ends[2] = {{.fd = modbus_get_socket(ctx), .events = POLLIN},
                             {.fd = STDIN_FILENO, .events = POLLIN}};
    while (poll(ends, 2, -1) > 0 && !ends[1].revents) {
        int length = modbus_receive(ctx, query);
        if (length < 0) {
            return;
        }
        if (length > 0) {
            answer(ctx, query, length, map);
        }
    }
}

int main(void) {
    modbus_t *ctx = modbus_new_tcp("127.0.0.1", 0);
    modbus_mapping_t *map = contents();
    struct sockaddr_in place;
    socklen_t size = sizeof place;
    int listener = ctx == NULL || map == NULL ? -1 : modbus_tcp_listen(ctx, 4);
    if (listener < 0 || getsockname(listener, (struct sockaddr *)&place, &size) != 0) {
        fprintf(stderr, "cannot listen: %s\n", modbus_strerror(errno));
        return 1;
    }
    printf("%d\n", ntohs(place.sin_port));
    fflush(stdout);
    struct pollfd ends[2] = {{.fd = listener, .events = POLLIN},
                             {.fd = STDIN_FILENO, .events = POLLIN}};
    while (poll(ends, 2, -1) > 0 && !ends[1].revents) {
        if (modbus_tcp_accept(ctx, &listener) >= 0) {
            serve(ctx, map);
            modbus_close(ctx);
        }
    }
    close(listener);
    modbus_mapping_free(map);
    modbus_free(ctx);
    return 0;
}
