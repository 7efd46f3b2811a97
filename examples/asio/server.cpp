// A socket loop on Asio that asks a fused graph in another process, and sends what comes back.
//
// Each datagram {id, bid, ask} becomes a question in a ring in shared memory; each answer in the other ring goes to who asked.
// The graph may die and be started again meanwhile: questions that nobody took wait for it, others are asked again by their client,
// as datagrams are.
//
//     c++ -O2 -Iinclude -o server examples/asio/server.cpp -pthread && ./server NAME
//
// Prints `port N`. A datagram with the id 0 ends it.

#include "fusewire_ring.h"

#include <array>
#include <asio.hpp>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

struct packet {
    std::uint64_t id;
    std::int64_t bid;
    std::int64_t ask;
};

struct reply {
    std::uint64_t id;
    std::int64_t middle;
};

// `Question` and `Answer` of graph.rs.
struct question {
    std::uint64_t id;
    std::int64_t bid;
    std::int64_t ask;
    std::uint64_t client;
};

struct answer {
    std::uint64_t id;
    std::int64_t middle;
    std::uint64_t client;
};

// An end of a ring, closed with its owner; also when what is opened behind it cannot be.
class ring_end {
  public:
    ring_end(const std::string &name, fw_ring_end end, std::size_t size, const char *type) {
        if (fw_ring_open(&ring_, name.c_str(), end, size, 8, type, 1024) != FW_RING_OK)
            throw std::runtime_error(ring_.error);
    }

    ~ring_end() { fw_ring_close(&ring_); }

    ring_end(const ring_end &) = delete;
    ring_end &operator=(const ring_end &) = delete;

    operator fw_ring *() { return &ring_; }

  private:
    fw_ring ring_;
};

using asio::ip::udp;

class server {
  public:
    explicit server(const std::string &name)
        : socket_(io_, udp::endpoint(asio::ip::address_v4::loopback(), 0)), timer_(io_),
          questions_(name + "-questions", FW_RING_PRODUCER, sizeof(question), "Question v1"),
          answers_(name + "-answers", FW_RING_CONSUMER, sizeof(answer), "Answer v1") {
        socket_.non_blocking(true);
    }

    void run() {
        std::printf("port %u\n", static_cast<unsigned>(socket_.local_endpoint().port()));
        std::fflush(stdout);
        receive();
        watch();
        for (unsigned idle = 0; !ended_; ) {
            std::size_t done = io_.poll();
            // One wake-up for all questions of this round.
            if (asked_) {
                fw_ring_wake(questions_);
                asked_ = false;
            }
            answer next;
            while (fw_ring_pop(answers_, &next) == FW_RING_OK) {
                send(next);
                done++;
            }
            if (done != 0)
                idle = 0;
            else if (++idle > 1000)
                // Asio waits for the socket only, so that an answer waits this long at worst. A loop that must not wait spins.
                io_.run_one_for(std::chrono::microseconds(200));
        }
        const fw_ring_counters asked = fw_ring_count(questions_), answered = fw_ring_count(answers_);
        std::printf("asked %llu dropped %llu answered %llu dropped %llu\n", number(asked.pushed - asked.dropped),
                    number(asked.dropped), number(answered.popped), number(answered.dropped));
    }

  private:
    static unsigned long long number(std::uint64_t n) { return n; }

    void receive() {
        socket_.async_receive_from(asio::buffer(&packet_, sizeof packet_), from_, [this](std::error_code error, std::size_t bytes) {
            if (!error && bytes == sizeof packet_)
                ask();
            receive();
        });
    }

    void ask() {
        if (packet_.id == 0) {
            ended_ = true;
            return;
        }
        // The place of the client is what travels; its address stays here.
        const std::uint64_t client = next_++ % clients_.size();
        clients_[client] = from_;
        const question question = {packet_.id, packet_.bid, packet_.ask, client};
        if (fw_ring_push(questions_, &question) == FW_RING_OK)
            asked_ = true;
        else
            fw_ring_drop(questions_);
    }

    void send(const answer &answer) {
        // Whatever the other process wrote there, it is a place of the table.
        const udp::endpoint &to = clients_[answer.client % clients_.size()];
        const reply reply = {answer.id, answer.middle};
        std::error_code ignored;
        socket_.send_to(asio::buffer(&reply, sizeof reply), to, 0, ignored);
    }

    // Says when the graph dies, and when another one goes on.
    void watch() {
        const fw_ring_peer peer = fw_ring_who(answers_);
        if (peer.state != seen_.state || peer.pid != seen_.pid) {
            if (peer.state == FW_RING_PEER_ALIVE)
                std::printf("the graph is process %u\n", static_cast<unsigned>(peer.pid));
            if (peer.state == FW_RING_PEER_DIED)
                std::printf("the graph died: process %u\n", static_cast<unsigned>(peer.pid));
            std::fflush(stdout);
            seen_ = peer;
        }
        timer_.expires_after(std::chrono::milliseconds(20));
        timer_.async_wait([this](std::error_code error) {
            if (!error)
                watch();
        });
    }

    asio::io_context io_;
    udp::socket socket_;
    asio::steady_timer timer_;
    udp::endpoint from_;
    packet packet_ = {};
    ring_end questions_;
    ring_end answers_;
    fw_ring_peer seen_ = {FW_RING_PEER_NEVER, 0, 0};
    std::vector<udp::endpoint> clients_ = std::vector<udp::endpoint>(1 << 14);
    std::uint64_t next_ = 0;
    bool asked_ = false;
    bool ended_ = false;
};

int main(int arguments, char **argument) {
    try {
        server(arguments > 1 ? argument[1] : "fusewire-asio").run();
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
