//! The adapter: requests of the guest's `i2c-virtio` driver (virtio 1.2, section 5.16).

use std::io::{Error, Read as _, Result, Write as _};
use std::sync::{Arc, Mutex};

use vhost::vhost_user::VhostUserProtocolFeatures;
use vhost_user_backend::{VhostUserBackendMut, VringRwLock, VringT};
use virtio_bindings::virtio_config::VIRTIO_F_VERSION_1;
use virtio_bindings::virtio_ring::{VIRTIO_RING_F_EVENT_IDX, VIRTIO_RING_F_INDIRECT_DESC};
use virtio_queue::{DescriptorChain, QueueOwnedT as _};
use vm_memory::{GuestAddressSpace, GuestMemoryAtomic, GuestMemoryLoadGuard, GuestMemoryMmap};
use vmm_sys_util::epoll::EventSet;

use crate::bus::{Bus, Data};

/// Requests without data; the driver insists on it.
const ZERO_LENGTH: u64 = 1 << 0;
/// QEMU acknowledges it whether it is offered or not.
const NOTIFY_ON_EMPTY: u64 = 1 << 24;
/// VHOST_USER_F_PROTOCOL_FEATURES.
const PROTOCOL: u64 = 1 << 30;
/// Flags of a request.
const FAIL_NEXT: u32 = 1 << 0;
const READ: u32 = 1 << 1;
/// Bytes of the header in front of a request: address, padding, flags.
const HEADER: usize = 8;
const OK: u8 = 0;
const FAILED: u8 = 1;
/// Longest message of I2C_RDWR.
const LONGEST: usize = 8192;

type Memory = GuestMemoryAtomic<GuestMemoryMmap>;
type Chain = DescriptorChain<GuestMemoryLoadGuard<GuestMemoryMmap>>;

pub struct Adapter {
    bus: Arc<Mutex<Bus>>,
    memory: Option<Memory>,
    event_idx: bool,
}

impl Adapter {
    pub fn new(bus: Arc<Mutex<Bus>>) -> Self {
        Self { bus, memory: None, event_idx: false }
    }

    /// Serves what waits in the queue; false if nothing did.
    fn drain(&self, vring: &VringRwLock) -> Result<bool> {
        let memory = self.memory.as_ref().ok_or_else(|| Error::other("no memory"))?.memory();
        let chains: Vec<Chain> =
            vring.get_mut().get_queue_mut().iter(memory).map_err(Error::other)?.collect();
        for chain in &chains {
            let used = self.request(chain)?;
            vring.add_used(chain.head_index(), used).map_err(Error::other)?;
        }
        if !chains.is_empty() {
            vring.signal_used_queue()?;
        }
        Ok(!chains.is_empty())
    }

    /// One message of the guest. Gives the number of bytes written to its memory.
    fn request(&self, chain: &Chain) -> Result<u32> {
        let memory = chain.memory();
        let mut reader = chain.clone().reader(memory).map_err(Error::other)?;
        let mut writer = chain.clone().writer(memory).map_err(Error::other)?;
        let mut header = [0; HEADER];
        reader.read_exact(&mut header)?;
        let [low, high, _, _, flags @ ..] = header;
        let (address, flags) = (u16::from_le_bytes([low, high]) >> 1, u32::from_le_bytes(flags));
        let (incoming, outgoing) = (writer.available_bytes(), reader.available_bytes());
        if incoming == 0 || incoming > LONGEST || outgoing > LONGEST {
            return Err(Error::other(format!("a request of {outgoing} and {incoming} bytes")));
        }
        let mut sent = vec![0; outgoing];
        reader.read_exact(&mut sent)?;
        // The last byte is the status.
        let mut read = vec![0; incoming - 1];
        let data = if flags & READ != 0 { Data::Read(&mut read) } else { Data::Write(&sent) };
        let mut bus = self.bus.lock().map_err(|_| Error::other("the bus panicked"))?;
        let done = u8::try_from(address).is_ok_and(|a| bus.message(a, data, flags & FAIL_NEXT != 0));
        writer.write_all(&read)?;
        writer.write_all(&[if done { OK } else { FAILED }])?;
        Ok(u32::try_from(incoming).unwrap_or(u32::MAX))
    }
}

impl VhostUserBackendMut for Adapter {
    type Bitmap = ();
    type Vring = VringRwLock;

    fn num_queues(&self) -> usize {
        1
    }

    fn max_queue_size(&self) -> usize {
        1024
    }

    fn features(&self) -> u64 {
        (1 << VIRTIO_F_VERSION_1)
            | (1 << VIRTIO_RING_F_INDIRECT_DESC)
            | (1 << VIRTIO_RING_F_EVENT_IDX)
            | NOTIFY_ON_EMPTY
            | ZERO_LENGTH
            | PROTOCOL
    }

    fn protocol_features(&self) -> VhostUserProtocolFeatures {
        VhostUserProtocolFeatures::MQ
    }

    fn set_event_idx(&mut self, enabled: bool) {
        self.event_idx = enabled;
    }

    fn update_memory(&mut self, memory: Memory) -> Result<()> {
        self.memory = Some(memory);
        Ok(())
    }

    fn handle_event(&mut self, _: u16, _: EventSet, vrings: &[VringRwLock], _: usize) -> Result<()> {
        let vring = vrings.first().ok_or_else(|| Error::other("no queue"))?;
        if !self.event_idx {
            return self.drain(vring).map(drop);
        }
        // A request that comes between the last look and the re-arming would hang for ever.
        loop {
            vring.disable_notification().map_err(Error::other)?;
            self.drain(vring)?;
            if !vring.enable_notification().map_err(Error::other)? {
                return Ok(());
            }
        }
    }
}
