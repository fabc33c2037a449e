/* Modbus TCP devices that cost next to nothing: any unit id, functions 3 and 4.
 *
 * Each pair of registers is one float32 (ABCD) between 10 and 90 with two decimals, another
 * one in every answer. Started with a number of ports; prints them on one line.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_PORTS = 256, MOST_EVENTS = 64, REQUEST = 12 };

static uint32_t seed = 1;

static float indication(void) {
  seed = seed * 1664525u + 1013904223u;
  return 10.0f + (float)((seed >> 12) % 8000) / 100.0f;
}

static int listening(int *port) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 64)) exit(1);
  getsockname(fd, (struct sockaddr *)&at, &size);
  *port = ntohs(at.sin_port);
  return fd;
}

static void watch(int poll, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
}

static size_t answer(const uint8_t *asked, uint8_t *said) {
  unsigned count = asked[10] << 8 | asked[11];
  if (count > 125) count = 125;
  memcpy(said, asked, 8);
  said[4] = (3 + 2 * count) >> 8;
  said[5] = (3 + 2 * count) & 0xff;
  said[8] = 2 * count;
  for (unsigned n = 0; n + 1 < count; n += 2) {
    union { float f; uint32_t u; } value = {.f = indication()};
    uint32_t word = htonl(value.u);
    memcpy(said + 9 + 2 * n, &word, 4);
  }
  if (count % 2) memset(said + 9 + 2 * (count - 1), 0, 2);
  return 9 + 2 * count;
}

static void serve(int fd) {
  uint8_t asked[REQUEST * 16], said[259 * 16];
  ssize_t size = read(fd, asked, sizeof asked);
  size_t length = 0;
  if (size <= 0) {
    close(fd);
    return;
  }
  for (ssize_t at = 0; at + REQUEST <= size; at += REQUEST) length += answer(asked + at, said + length);
  if (write(fd, said, length) < 0) close(fd);
}

int main(int argc, char **argv) {
  int ports = argc > 1 ? atoi(argv[1]) : 1, poll = epoll_create1(0), most = 0;
  int listeners[MOST_PORTS], on = 1, port;
  struct epoll_event events[MOST_EVENTS];
  if (ports < 1 || ports > MOST_PORTS) return 2;
  for (int n = 0; n < ports; n++) {
    listeners[n] = listening(&port);
    watch(poll, listeners[n]);
    if (listeners[n] > most) most = listeners[n];
    printf("%d%c", port, n + 1 < ports ? ' ' : '\n');
  }
  fflush(stdout);
  for (;;) {
    int found = epoll_wait(poll, events, MOST_EVENTS, -1);
    for (int n = 0; n < found; n++) {
      int fd = events[n].data.fd;
      if (fd > most) {
        serve(fd);
        continue;
      }
      int client = accept(fd, NULL, NULL);
      if (client < 0) continue;
      setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      watch(poll, client);
    }
  }
}
