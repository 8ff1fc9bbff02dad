//! Clients in a closed loop: each connection asks again as soon as it has its answer.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::epoll;

/// Bytes of an answer with 125 registers.
const ANSWER: usize = 259;

struct Client {
    stream: TcpStream,
    transaction: u16,
    sent: Instant,
    answer: [u8; ANSWER],
    filled: usize,
}

/// Connections to one server, opened once and kept.
pub struct Load {
    epoll: OwnedFd,
    clients: Vec<Client>,
}

/// What one slice of load saw.
pub struct Slice {
    pub per_second: f64,
    pub p50: Duration,
    pub p99: Duration,
}

impl Client {
    fn ask(&mut self) {
        self.transaction = self.transaction.wrapping_add(1);
        let [high, low] = self.transaction.to_be_bytes();
        self.sent = Instant::now();
        self.stream.write_all(&[high, low, 0, 0, 0, 6, 1, 3, 0, 0, 0, 125]).unwrap();
    }

    /// Reads; returns the time of the answer once it is whole. Every answer is checked.
    fn hear(&mut self) -> Option<Duration> {
        match self.stream.read(&mut self.answer[self.filled..]) {
            Ok(0) => panic!("the server closed a connection"),
            Ok(got) => self.filled += got,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
            Err(error) => panic!("{error}"),
        }
        if self.filled < ANSWER {
            return None;
        }
        self.filled = 0;
        let [high, low] = self.transaction.to_be_bytes();
        assert_eq!(self.answer[..11], [high, low, 0, 0, 0, 253, 1, 3, 250, 0x12, 0x34]);
        Some(self.sent.elapsed())
    }
}

impl Load {
    pub fn connect(address: SocketAddr, connections: usize) -> Self {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
        let clients = (0..connections).map(|n| {
            let stream = TcpStream::connect(address).unwrap();
            stream.set_nodelay(true).unwrap();
            stream.set_nonblocking(true).unwrap();
            let data = epoll::EventData::new_u64(n as u64);
            epoll::add(&epoll, &stream, data, epoll::EventFlags::IN).unwrap();
            Client { stream, transaction: 0, sent: Instant::now(), answer: [0; ANSWER], filled: 0 }
        });
        let clients = clients.collect();
        Self { epoll, clients }
    }

    /// Asks for `time`, then takes the answers that are still due.
    pub fn slice(&mut self, time: Duration) -> Slice {
        let mut times = Vec::with_capacity(1 << 20);
        let start = Instant::now();
        for client in &mut self.clients {
            client.ask();
        }
        let (mut due, mut events) = (self.clients.len(), Vec::with_capacity(1024));
        while due > 0 {
            events.clear();
            epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), None).unwrap();
            for event in &events {
                let client = &mut self.clients[event.data.u64() as usize];
                let Some(took) = client.hear() else { continue };
                times.push(took);
                if start.elapsed() < time {
                    client.ask();
                } else {
                    due -= 1;
                }
            }
        }
        let per_second = times.len() as f64 / start.elapsed().as_secs_f64();
        times.sort_unstable();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        Slice { per_second, p50: at(0.5), p99: at(0.99) }
    }
}
